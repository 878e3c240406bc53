//! The engine with WebGPU in a web worker. Only a browser can run it; natively there is nothing to do.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        construct();
        foolproof_worker::start();
    }
}

/// Runs the constructors of all crates, once.
///
/// The compiler of kernels registers its operations in some five thousand of them. Of a program that never asks for them,
/// the linker makes one whose every exported function runs them all before its own work: a millisecond for each call from
/// JavaScript, and a dispatch on WebGPU is a few dozen calls.
#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "the linker's own function, which takes and gives nothing, called before anything else")]
fn construct() {
    unsafe extern "C" {
        fn __wasm_call_ctors();
    }
    unsafe { __wasm_call_ctors() }
}
