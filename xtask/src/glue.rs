//! The scripts that wasm-bindgen writes, shortened in a release: their comments and long names are a fifth of their bytes.

use crate::{command::run, place::Place, tools};
use anyhow::{Context, Result};
use std::{fs, path::Path, process::Command};

/// Shortens every script of a fresh build that belongs to a program; what stands in `www` goes out as it is written.
pub fn shorten(place: &Place, dist: &Path) -> Result<()> {
    let terser = tools::terser(place)?;
    for entry in fs::read_dir(dist).with_context(|| format!("cannot list {}", dist.display()))? {
        let file = entry.with_context(|| format!("cannot list {}", dist.display()))?.path();
        if is_glue(&file) {
            let mut command = Command::new(&terser);
            command
                .arg(&file)
                .args(["--module", "--compress", "--mangle", "--comments", "false", "--output"])
                .arg(&file);
            run(&mut command).with_context(|| format!("{} could not be shortened", file.display()))?;
        }
    }
    Ok(())
}

/// Whether a program of the same name lies beside it.
fn is_glue(file: &Path) -> bool {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.extension().is_some_and(|kind| kind == "js") && file.with_file_name(format!("{stem}_bg.wasm")).is_file()
}

#[cfg(test)]
mod tests {
    use super::is_glue;
    use std::fs;

    #[test]
    fn only_the_scripts_of_programs_are_glue() {
        let dist = tempfile::tempdir().unwrap();
        for name in
            ["app-1.js", "app-1_bg.wasm", "boot.js", "engine-cpu_loader.js", "engine-cpu.js", "engine-cpu_bg.wasm"]
        {
            fs::write(dist.path().join(name), "").unwrap();
        }
        let glue = |name: &str| is_glue(&dist.path().join(name));
        assert!(glue("app-1.js") && glue("engine-cpu.js"));
        assert!(!glue("boot.js") && !glue("engine-cpu_loader.js") && !glue("app-1_bg.wasm"));
    }
}
