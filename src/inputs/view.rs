//! The input's editors: pad, mask and upload for pictures, a form for rows, and the gallery.

pub mod form;
pub mod gallery;
pub mod input;
pub mod mask;
pub mod pad;
mod sheet;
pub mod thumbnail;
pub mod upload;
