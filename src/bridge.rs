//! The bridge between the page and its lab, two programs that share no memory.

pub mod channel;
pub mod lab_listener;
pub mod lab_loader;
