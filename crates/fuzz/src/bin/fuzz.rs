//! libFuzzer around one target, which the variable `FOOLPROOF_FUZZ` names: `FOOLPROOF_FUZZ=link fuzz -runs=1000 FOLDER`.
//! `cargo xtask fuzz` builds and runs it; all words are libFuzzer's own, who also starts itself again and hands them on.
#![no_main]

use foolproof_fuzz::targets::{TARGETS, Target, named};
use std::sync::OnceLock;

static TARGET: OnceLock<&Target> = OnceLock::new();

/// The target that the variable names.
fn chosen() -> &'static Target {
    let name = std::env::var("FOOLPROOF_FUZZ").unwrap_or_default();
    named(&name).unwrap_or_else(|| {
        let names = TARGETS.each_ref().map(|target| target.name).join(", ");
        eprintln!("the variable FOOLPROOF_FUZZ must name a target ({names}), and says “{name}”");
        std::process::exit(2)
    })
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    TARGET.get_or_init(chosen).run(bytes);
});
