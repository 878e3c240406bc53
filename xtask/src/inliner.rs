//! Between cargo and rustc in a release build: has the CPU engine inline less.
//!
//! The last, whole-program optimisation of an engine copies functions into one another until half of it is copies. With
//! a lower threshold the CPU engine is an eighth smaller and no slower (DESIGN.md). Cargo has no such setting for one
//! program alone, so it is told to run this program instead of rustc (`RUSTC_WORKSPACE_WRAPPER`).

use std::{
    path::Path,
    process::{Command, ExitCode},
};

/// What LLVM may copy, in its own unit; 225 to 275 where nothing is said.
const THRESHOLD: &str = "llvm-args=--inline-threshold=25";

/// Whether cargo runs this program in place of rustc: then its first word is the path of rustc.
pub fn is_asked(words: &[String]) -> bool {
    words.first().is_some_and(|word| Path::new(word).file_stem().is_some_and(|name| name == "rustc"))
}

/// Runs rustc as cargo would, with the threshold where it compiles the CPU engine for the browser.
pub fn compile(words: &[String]) -> ExitCode {
    let mut rustc = Command::new(&words[0]);
    rustc.args(&words[1..]);
    if is_engine(words) {
        rustc.args(["-C", THRESHOLD]);
    }
    match rustc.status() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            eprintln!("cannot start {}: {error}", words[0]);
            ExitCode::FAILURE
        }
    }
}

fn is_engine(words: &[String]) -> bool {
    let follows = |flag: &str, value: &str| words.windows(2).any(|pair| pair[0] == flag && pair[1] == value);
    follows("--crate-name", "engine_cpu") && follows("--target", "wasm32-unknown-unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn only_the_cpu_engine_for_the_browser_inlines_less() {
        assert!(is_engine(&words("rustc --crate-name engine_cpu --target wasm32-unknown-unknown")));
        assert!(!is_engine(&words("rustc --crate-name engine_gpu --target wasm32-unknown-unknown")));
        assert!(!is_engine(&words("rustc --crate-name engine_cpu")));
    }

    #[test]
    fn our_own_commands_are_not_taken_for_rustc() {
        assert!(is_asked(&words("/home/me/.rustup/bin/rustc -vV")));
        assert!(!is_asked(&words("build --quick")));
        assert!(!is_asked(&[]));
    }
}
