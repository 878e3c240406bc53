//! What page and workers both need from a browser: its clock, a pause, the GPU's probe, and what a script has thrown.
//! Natively it is empty.
#![cfg(target_arch = "wasm32")]

pub mod adapter;
pub mod clock;
pub mod pause;
pub mod thrown;
