//! Numbers as pictures: colours, pictures of pixels, bars, lines, and the table behind each.

pub mod colour;

#[cfg(target_arch = "wasm32")]
pub(crate) mod bars;
#[cfg(target_arch = "wasm32")]
pub(crate) mod chart_file;
#[cfg(target_arch = "wasm32")]
pub(crate) mod data_table;
#[cfg(target_arch = "wasm32")]
pub(crate) mod line_chart;
#[cfg(target_arch = "wasm32")]
pub(crate) mod pixels;
#[cfg(target_arch = "wasm32")]
pub(crate) mod plot;
#[cfg(target_arch = "wasm32")]
pub(crate) mod small;
