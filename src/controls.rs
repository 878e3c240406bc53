//! Controls that every page uses: choices, numbers, and terms that open their definition.

pub mod terms;

#[cfg(target_arch = "wasm32")]
pub(crate) mod card_line;
#[cfg(target_arch = "wasm32")]
pub(crate) mod check;
#[cfg(target_arch = "wasm32")]
pub(crate) mod choice;
#[cfg(target_arch = "wasm32")]
pub(crate) mod complaint;
#[cfg(target_arch = "wasm32")]
pub(crate) mod files;
#[cfg(target_arch = "wasm32")]
pub(crate) mod kept_name;
#[cfg(target_arch = "wasm32")]
pub(crate) mod number;
#[cfg(target_arch = "wasm32")]
pub(crate) mod term;
