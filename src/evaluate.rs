//! The Measure page: which evaluation the link asks for, the report in words and as JSON; `view` shows it. All but
//! `view` is free of the web.

pub mod accuracy_by_budget;
pub mod audit;
pub mod bins;
pub mod certified_json;
pub mod detectors_json;
pub mod ensemble;
pub mod gist;
pub mod items;
pub mod known;
pub mod ladder;
pub mod leader;
pub mod methods;
pub mod own_drawing;
pub mod plan;
pub mod report;
pub mod report_file;
pub mod report_json;
pub mod request;
pub mod rows;
pub mod study;
pub mod terms;
pub mod verdict;
pub mod wording;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
