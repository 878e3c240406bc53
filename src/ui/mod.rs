//! The page. What computes is free of the web and tested natively; what shows it needs a browser.

pub mod address;
#[cfg(test)]
mod fixture;
pub mod history;
pub mod pace;
pub mod plan;
pub mod results;
pub mod supervisor;
