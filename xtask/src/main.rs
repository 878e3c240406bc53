//! Foolproof's own commands, each one of the README's: `cargo xtask play`, `doctor`, `build`, `test`, `fuzz`,
//! `bench`, `zoo`.
//!
//! Every command first sets up what it needs ([`tools`], [`browser`], [`node`]) in the project's own cache
//! ([`place`]), never over the user's own installations, and says in one sentence what it could not get.

mod arguments;
mod bench;
mod browser;
mod build;
mod checks;
mod command;
mod doctor;
mod files;
mod fuzz;
mod glue;
mod inliner;
mod lint;
mod makeup;
mod node;
mod others;
mod passed;
mod place;
mod play;
mod serve;
mod site;
mod stamp;
mod steps;
mod test;
mod tools;
mod weigh;
mod zoo;

use anyhow::{Result, bail};
use arguments::Arguments;
use place::Place;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  play   [--release] [--public-url URL] [--port N]
                                               build the pages if anything changed, serve them, print the address
  doctor                                       say what is there, what is missing, and how to get it; changes nothing
  build  [--public-url URL] [--quick]          build the pages into dist/ (--quick: unshrunk, into target/dist-quick/)
  test   [--only STAGE] [--from STAGE] [--again]
                                               every check there is, in order; stops at the first that fails
                                               (browser tests that passed on the same pages run --again only)
                                               (--only long: other libraries' attacks at full length, many minutes)
  fuzz   TARGET [LIBFUZZER OPTIONS] [FILE]     give a reader anything at all until it fails, or this file once
  bench  [--quick] [SCRIPT OPTIONS]            time and count against TF.js and jax-js in a headless Chromium
                                               (--only PART, --smoke: once and at its smallest)
  zoo    [ZOO OPTIONS]                         get MNIST and train the models that ship in static/";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if inliner::is_asked(&words) {
        return inliner::compile(&words);
    }
    match run(words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut words: Vec<String>) -> Result<()> {
    if words.is_empty() {
        bail!("no command given\n\n{USAGE}");
    }
    let name = words.remove(0);
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        println!("{USAGE}");
        return Ok(());
    }
    let arguments = Arguments::new(words);
    match name.as_str() {
        "play" => play::command(&Place::find()?, arguments),
        "doctor" => doctor::command(&Place::find()?, arguments),
        "build" => build::command(&Place::find()?, arguments),
        "test" => test::command(&Place::find()?, arguments),
        "fuzz" => fuzz::command(&Place::find()?, arguments),
        "bench" => bench::command(&Place::find()?, arguments),
        "zoo" => zoo::command(&Place::find()?, arguments),
        _ => bail!("there is no command `{name}`\n\n{USAGE}"),
    }
}
