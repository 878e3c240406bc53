//! What the Measure page computes: which evaluation the link asks for, and the report in words and as JSON. Free of
//! the web; `ui::lab` shows it.

pub mod audit;
pub mod bins;
pub mod ensemble;
pub mod falls;
pub mod items;
pub mod methods;
pub mod plan;
pub mod report;
pub mod sheet;
pub mod terms;
pub mod verdict;
pub mod wish;
pub mod wording;
