//! The importer in a web worker. Only a browser can run it; natively there is nothing to do.

fn main() {
    #[cfg(target_arch = "wasm32")]
    foolproof_importer::worker::start();
}
