//! What the attack page shows.

pub mod challenge;
pub mod columns;
pub mod controls;
pub mod defence;
pub mod details;
pub mod epsilon;
pub mod equation;
pub mod field;
pub mod headline;
pub mod knobs;
pub mod loss;
pub mod page;
pub mod pictures;
pub mod row_change;
pub mod sticker;
pub mod verdict;
