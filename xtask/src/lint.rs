//! Clippy as the compiler of the workspace's own crates: one build of each crate then serves linting, tests and pages,
//! where `cargo clippy` would check every dependency a second time.

use crate::{command::ask, place::Place};
use anyhow::{Context, Result};
use std::{env, path::PathBuf, process::Command};

/// What clippy is told, in the form that `cargo clippy` hands it on.
const ARGUMENTS: &str = "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__";

/// Has clippy read what `command` compiles of the workspace, and fail on any warning.
pub fn native(command: &mut Command) -> Result<()> {
    command.env("RUSTC_WORKSPACE_WRAPPER", driver()?).env("CLIPPY_ARGS", ARGUMENTS);
    Ok(())
}

/// The same for code that runs in a browser, where some functions must not be called.
pub fn web(command: &mut Command, place: &Place) -> Result<()> {
    native(command)?;
    command.env("CLIPPY_CONF_DIR", place.root.join("xtask").join("clippy-web"));
    Ok(())
}

/// Clippy's compiler, beside this Rust's own.
fn driver() -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = ask(rustc, &["--print", "sysroot"]).context("`rustc` does not answer")?;
    Ok(PathBuf::from(sysroot).join("bin").join(format!("clippy-driver{}", env::consts::EXE_SUFFIX)))
}

#[cfg(test)]
mod tests {
    use super::native;
    use std::process::Command;

    /// Compiles a small crate; whether that succeeds.
    fn compiles(source: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("src")).unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"small\"\n[workspace]\n").unwrap();
        std::fs::write(folder.path().join("src/lib.rs"), source).unwrap();
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(folder.path()).args(["build", "--quiet"]);
        command.env_remove("RUSTC_WORKSPACE_WRAPPER").env("CARGO_TARGET_DIR", folder.path().join("target"));
        native(&mut command).unwrap();
        command.output().unwrap().status.success()
    }

    #[test]
    fn what_clippy_warns_of_fails_the_build() {
        assert!(compiles("pub fn one() -> u32 { 1 }"));
        assert!(!compiles("pub fn one() -> u32 { return 1; }"), "clippy calls that a needless return");
    }
}
