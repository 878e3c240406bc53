//! The page. What computes is free of the web and tested natively; what shows it needs a browser.

pub mod address;
pub mod colour;
#[cfg(test)]
mod fixture;
pub mod history;
pub mod host;
pub mod pace;
pub mod plan;
pub mod results;
pub mod scale;
pub mod supervisor;
pub mod words;
