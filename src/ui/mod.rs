//! The page. What computes is free of the web and tested natively; what shows it needs a browser.

pub mod address;
pub mod colour;
pub mod explain;
#[cfg(test)]
mod fixture;
pub mod history;
pub mod host;
pub mod learn;
pub mod listing;
pub mod measure;
pub mod pace;
pub mod plan;
pub mod pool;
pub mod preset;
pub mod rest;
pub mod results;
pub mod scale;
pub mod share;
pub mod shelf;
pub mod shipped;
pub mod supervisor;
pub mod terms;
pub mod texts;
pub mod train;
pub mod troop;
pub mod words;

#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod annex;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod app;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod door;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod lab;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod library;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod link;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod pages;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod plain;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod react;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod state;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
mod widgets;

#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub use app::mount;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub use lab::mount as lab;
