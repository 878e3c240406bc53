//! `cargo xtask bench`: `tests/bench/run.mjs` against the release pages, beside TF.js and jax-js, in one headless
//! Chromium.

use crate::{
    arguments::Arguments,
    browser,
    build::Build,
    command::{cargo, run},
    lint, node,
    place::Place,
    serve, tools,
};
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The program that speaks the protocol for the script, as cargo calls it.
const WIRE: &str = "bench-wire";

/// `cargo xtask bench`. Words it does not know are the script's.
pub fn command(place: &Place, mut arguments: Arguments) -> Result<()> {
    let build = Build::from(&mut arguments)?;
    let lock = place.lock()?;
    let browser = browser::set_up()?;
    node::packages(place, &place.root)?;
    let dist = build.run(place)?;
    let mut script = script(place, &dist, &browser.chromium)?;
    drop(lock);
    run(script.args(arguments.rest())).context("the benchmark did not finish")
}

/// The script against these pages, with all that it works with.
pub fn script(place: &Place, dist: &Path, chromium: &Path) -> Result<Command> {
    let folder = place.root.join("tests").join("bench");
    node::packages(place, &folder)?;
    let wire = wire(place)?;
    let running = serve::start(dist, "/", 0)?;
    // TF.js's own files come from a second address, as they are no part of the pages.
    let modules = serve::start(&folder.join("node_modules"), "/", 0)?;
    let mut command = node::node()?;
    command.current_dir(&place.root).arg(folder.join("run.mjs")).env("FOOLPROOF_CHROMIUM", chromium);
    command.env("FOOLPROOF_URL", &running.url).env("FOOLPROOF_MODULES", &modules.url).env("FOOLPROOF_WIRE", wire);
    Ok(command)
}

/// Builds the protocol's own code for the script, and returns the folder of `wire.js`. The pages' folder stays as it is.
fn wire(place: &Place) -> Result<PathBuf> {
    let path = tools::set_up(place, false)?;
    let target = place.target_web();
    let mut command = cargo(&place.root, &target);
    // The tests' profile, also beside release pages: nothing of the engine is in it, and it is there at once.
    command.args(["build", "--profile", "quick", "--target", tools::TARGET, "--package", WIRE]);
    lint::web(&mut command, place)?;
    run(command.env("PATH", path)).context("the benchmark's program could not be built")?;
    let program = target.join(tools::TARGET).join("quick").join("bench_wire.wasm");
    let folder = place.root.join("target").join(WIRE);
    let mut bindgen = Command::new(tools::wasm_bindgen(place));
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", "wire", "--out-dir"]).arg(&folder).arg(program);
    run(&mut bindgen).context("the benchmark's program could not be bound to JavaScript")?;
    Ok(folder)
}
