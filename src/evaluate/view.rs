//! What the Measure page shows, and the evaluation that it runs.

mod address;
pub mod album;
pub mod arrays;
pub mod attacks;
pub mod auditor;
pub mod budget_chart;
pub mod certificates;
pub mod classes;
pub mod contents;
pub mod curve;
pub mod drawings;
pub mod exports;
pub mod losses;
pub mod page;
pub mod part;
pub mod progress;
pub mod queries;
pub mod run;
pub mod samples;
pub mod scores;
pub mod setting;
pub mod small;
pub mod spreads;
pub mod state;
pub mod table;
pub mod transfer;
pub mod turns;
