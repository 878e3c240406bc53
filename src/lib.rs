//! The page: what it computes, tested natively, and what shows it, which needs a browser.
//!
//! A folder is a feature: its pure half lies beside its `view`, which alone knows leptos. Two programs are made of them:
//! the page itself (`shell::app`), and the lab, which the page loads for everything that a first visit need not
//! wait for.

#[cfg(target_arch = "wasm32")]
mod web;

pub mod attack;
pub mod bridge;
pub mod charts;
pub mod controls;
pub mod datasets;
pub mod evaluate;
pub mod explain;
pub mod files;
#[cfg(test)]
mod fixture;
pub mod host;
pub mod i18n;
pub mod inputs;
pub mod lessons;
pub mod link;
pub mod models;
pub mod share;
#[cfg(target_arch = "wasm32")]
pub mod shell;
pub mod speed;
pub mod train;
pub mod workers;
