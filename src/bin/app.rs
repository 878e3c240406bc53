//! The page's program.

fn main() {
    #[cfg(target_arch = "wasm32")]
    foolproof::shell::app::mount();
}
