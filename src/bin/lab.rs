//! The lab's program: the Train, Measure and Learn pages, explanations, sharing and own models. The page loads it when
//! it is first needed.

fn main() {
    #[cfg(target_arch = "wasm32")]
    foolproof::shell::lab::mount();
}
