//! The Measure page's program, loaded by the page when it is first opened.

fn main() {
    #[cfg(target_arch = "wasm32")]
    foolproof::ui::lab();
}
