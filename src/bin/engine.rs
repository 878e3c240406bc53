//! The engine in a web worker. `engine-cpu` and `engine-gpu` are both built from this file; the feature `gpu` decides.

#[cfg(target_arch = "wasm32")]
fn main() {
    foolproof::worker::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The engine runs in a browser's worker; build it for wasm32-unknown-unknown.");
}
