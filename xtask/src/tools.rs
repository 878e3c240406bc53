//! The programs that build the pages, each at the version that was tried: the wasm32 target, trunk, wasm-bindgen and
//! wasm-opt. What is missing goes into the project's cache; trunk finds it on `PATH` and downloads nothing itself.

use crate::{
    command::{ask, path_with, run},
    node,
    place::Place,
    steps::{Log, Step, Steps},
};
use anyhow::{Context, Result, bail};
use std::{env, ffi::OsString, fs, path::PathBuf, process::Command};

/// What WebAssembly builds compile for.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// Must be the exact version of the crate in Cargo.toml.
const WASM_BINDGEN: &str = "0.2.130";
const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";
/// The version of terser.
const TERSER: &str = "5.51.2";

/// A program that `cargo install` builds.
pub struct Tool {
    krate: &'static str,
    program: &'static str,
    version: &'static str,
    /// Whether its own lock file is used; wasm-bindgen's names a version that its registry lacks.
    locked: bool,
    /// Its parts: trunk's own download of tools and its look for updates need a cipher library and are not wanted.
    features: &'static [&'static str],
    /// Its parts that the compiler optimises, which takes longer: wasm-bindgen reads 20 MB of WebAssembly.
    optimised: &'static [&'static str],
    /// The step that installs it.
    pub step: Step,
}

/// The tools, the ones that the pages need first at the front.
pub const TOOLS: [Tool; 2] = [
    Tool {
        krate: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: WASM_BINDGEN,
        locked: false,
        features: &[],
        optimised: &["walrus", "wasmparser", "wasm-encoder", "id-arena", "wasm-bindgen-cli-support"],
        step: Step { what: "install wasm-bindgen", typical: 230 },
    },
    Tool {
        krate: "trunk",
        program: "trunk",
        version: TRUNK,
        locked: true,
        features: &["--no-default-features"],
        optimised: &[],
        step: Step { what: "install trunk", typical: 410 },
    },
];

impl Tool {
    /// Where it is, once it is installed.
    fn file(&self, place: &Place) -> PathBuf {
        place.tools().join("bin").join(format!("{}{}", self.program, env::consts::EXE_SUFFIX))
    }

    /// Its name and version, for people.
    pub fn name(&self) -> String {
        format!("{} {}", self.program, self.version)
    }

    /// Whether it is there, at its version.
    pub fn is_there(&self, place: &Place) -> bool {
        let answer = ask(self.file(place), &["--version"]).unwrap_or_default();
        answer.split_whitespace().nth(1) == Some(self.version)
    }

    /// Builds and installs it, without the optimiser that would take longer than it saves.
    pub fn install(&self, place: &Place, log: &Log) -> Result<()> {
        let work = place.cache.join("target-tools");
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Outside the checkout, whose configuration is not theirs.
        command.current_dir(&place.cache).env("CARGO_TARGET_DIR", &work).env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.env("CARGO_PROFILE_DEV_INCREMENTAL", "false");
        for part in self.optimised {
            command.arg("--config").arg(format!("profile.dev.package.{part}.opt-level=1"));
        }
        command.args(["install", self.krate, "--debug", "--version", &format!("={}", self.version), "--force"]);
        command.args(self.features).arg("--root").arg(place.tools());
        if self.locked {
            command.arg("--locked");
        }
        log.run(&mut command).with_context(|| {
            format!(
                "{} could not be installed, but the pages are built with it; try again with the network up",
                self.name()
            )
        })
    }
}

/// Sees to the wasm32 target, trunk and wasm-bindgen, and with `shrink` to wasm-opt. Returns the `PATH` to build with.
pub fn set_up(place: &Place, shrink: bool) -> Result<OsString> {
    target()?;
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !tool.is_there(place)).collect();
    if !missing.is_empty() {
        let steps = Steps::new(place, missing.len())?;
        for (at, tool) in missing.into_iter().enumerate() {
            steps.step(at + 1, &tool.step, |log| tool.install(place, log))?;
        }
        // Only what it links was wanted. A rest that cannot be removed does no harm.
        let _ = fs::remove_dir_all(place.cache.join("target-tools"));
    }
    let mut folders = vec![place.tools().join("bin")];
    if shrink {
        folders.push(wasm_opt(place)?);
    }
    path_with(&folders)
}

/// Sees to rustfmt and clippy, which a minimal Rust lacks.
pub fn lints() -> Result<()> {
    for (component, probe) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        if ask(cargo, &[probe, "--version"]).is_none() {
            rustup(&["component", "add", component]).with_context(|| {
                format!(
                    "{component} is missing and could not be added, but the checks need it; install it and try again"
                )
            })?;
        }
    }
    Ok(())
}

/// Sees to the wasm32 target.
pub fn target() -> Result<()> {
    if has_target()? {
        return Ok(());
    }
    println!("Adding the {TARGET} target to this Rust.");
    rustup(&["target", "add", TARGET]).with_context(|| {
        format!("Rust's {TARGET} target is missing and could not be added, but the pages are compiled for it; run `rustup target add {TARGET}` where the network allows")
    })
}

/// Whether this Rust has the wasm32 target.
pub fn has_target() -> Result<bool> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot =
        ask(rustc, &["--print", "sysroot"]).context("`rustc` does not answer; install Rust from rustup.rs")?;
    Ok(PathBuf::from(sysroot).join("lib").join("rustlib").join(TARGET).is_dir())
}

fn rustup(arguments: &[&str]) -> Result<()> {
    run(Command::new("rustup").args(arguments))
}

/// Sees to wasm-opt and returns its folder. Npm carries it for every platform.
fn wasm_opt(place: &Place) -> Result<PathBuf> {
    npm_tool(place, "binaryen", BINARYEN, "wasm-opt")?.parent().map(PathBuf::from).context("wasm-opt lies nowhere")
}

/// Sees to terser, which takes comments and long names out of a script, and returns the program.
pub fn terser(place: &Place) -> Result<PathBuf> {
    npm_tool(place, "terser", TERSER, "terser")
}

/// Sees to a program of an npm package and returns it.
fn npm_tool(place: &Place, package: &str, version: &str, name: &str) -> Result<PathBuf> {
    let home = place.node().join(format!("{package}-{version}"));
    let file = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
    let program = home.join("node_modules").join(".bin").join(file);
    if ask(&program, &["--version"]).is_some() {
        return Ok(program);
    }
    println!("Installing {name} (npm {package} {version}) into {}.", home.display());
    fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
    let mut npm = node::npm()?;
    npm.current_dir(&home).args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    run(npm.arg(&home).arg(format!("{package}@{version}"))).with_context(|| {
        format!("{name} could not be had from npm, but the shipped pages are shrunk with it; try again with the network up, or build with --quick")
    })?;
    if ask(&program, &["--version"]).is_none() {
        bail!("{} was installed but does not run; delete {} and try again", program.display(), home.display());
    }
    Ok(program)
}

/// The runner that opens wasm-bindgen's tests in a browser; there after [`set_up`].
pub fn test_runner(place: &Place) -> PathBuf {
    installed(place, "wasm-bindgen-test-runner")
}

/// The program that writes the JavaScript around a WebAssembly one; there after [`set_up`].
pub fn wasm_bindgen(place: &Place) -> PathBuf {
    installed(place, "wasm-bindgen")
}

fn installed(place: &Place, program: &str) -> PathBuf {
    place.tools().join("bin").join(format!("{program}{}", env::consts::EXE_SUFFIX))
}

#[cfg(test)]
mod tests {
    use super::WASM_BINDGEN;

    #[test]
    fn the_tool_is_the_crates_version() {
        let manifest = include_str!("../../Cargo.toml");
        let pin = format!("wasm-bindgen = \"={WASM_BINDGEN}\"");
        assert!(
            manifest.lines().any(|line| line == pin),
            "Cargo.toml does not pin wasm-bindgen to {WASM_BINDGEN}, the version of the installed tool"
        );
    }
}
