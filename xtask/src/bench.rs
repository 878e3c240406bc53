//! `cargo xtask bench`: `tests/bench/run.mjs` against the release pages, beside TF.js, in one headless Chromium.

use crate::{arguments::Arguments, browser, build::Build, command::run, node, place::Place, serve};
use anyhow::{Context, Result};

/// `cargo xtask bench`. Words it does not know are the script's.
pub fn command(place: &Place, mut arguments: Arguments) -> Result<()> {
    let build = Build::from(&mut arguments)?;
    let lock = place.lock()?;
    let browser = browser::set_up()?;
    let folder = place.root.join("tests").join("bench");
    node::packages(place, &folder)?;
    node::packages(place, &place.root)?;
    let dist = build.run(place)?;
    drop(lock);
    let running = serve::start(&dist, "/", 0)?;
    // TF.js's own files come from a second address, as they are no part of the pages.
    let modules = serve::start(&folder.join("node_modules"), "/", 0)?;
    let mut command = node::node()?;
    command.current_dir(&place.root).arg(folder.join("run.mjs")).args(arguments.rest());
    command.env("FOOLPROOF_URL", &running.url).env("FOOLPROOF_DIST", &dist).env("FOOLPROOF_MODULES", &modules.url);
    run(command.env("FOOLPROOF_CHROMIUM", &browser.chromium)).context("the benchmark did not finish")
}
