//! What the Measure page computes: which evaluation the link asks for, and the report in words and as JSON. Free of
//! the web; `ui::lab` shows it.

pub mod accuracy_by_budget;
pub mod audit;
pub mod bins;
pub mod ensemble;
pub mod items;
pub mod methods;
pub mod plan;
pub mod report;
pub mod report_json;
pub mod request;
pub mod terms;
pub mod verdict;
pub mod wording;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
