//! `cargo xtask play`: the pages, built if anything changed, and served.
//!
//! With empty caches everything takes long, so the page and its CPU engine come first: they are compiled while the tools
//! are, and served as soon as they stand. The GPU engine follows while the page is open, which picks it up by itself.

use crate::{
    arguments::Arguments,
    build::{Build, Kind},
    place::Place,
    serve::{self, Running},
    steps::{Log, Step, Steps},
    tools::{self, TOOLS, Tool},
};
use anyhow::{Context, Result, anyhow};
use std::{ffi::OsStr, fs, io::Write, thread, time::Instant};

const COMPILE: Step = Step { what: "compile the page and its CPU engine", typical: 840 };
const ASSEMBLE: Step = Step { what: "put the page together", typical: 10 };
const REST: Step = Step { what: "compile the GPU engine", typical: 540 };

/// The file that starts the GPU engine, and what is said in its place until it is there: it tells the page so, and starts
/// the engine when it comes.
const LOADER: &str = "engine-gpu_loader.js";
const BEING_BUILT: &str = include_str!("being-built.js");

/// `cargo xtask play`.
pub fn command(place: &Place, mut arguments: Arguments) -> Result<()> {
    let release = arguments.flag("--release");
    // What `--quick` asked for is what happens now.
    arguments.flag("--quick");
    let public_url = arguments.option("--public-url")?.unwrap_or_else(|| "./".to_owned());
    let port = match arguments.option("--port")? {
        Some(port) => port.parse().with_context(|| format!("`{port}` is not a port: a number up to 65535"))?,
        None => 0,
    };
    arguments.finish()?;
    let lock = place.lock()?;
    let kind = if release { Kind::Release } else { Kind::Quick };
    let whole = Build { public_url, kind, lint: false };
    let base = serve::base(&whole.public_url);
    if release || whole.is_done(place)? {
        let dist = whole.run(place)?;
        drop(lock);
        return announce(serve::start(&dist, &base, port)?)?.wait();
    }
    let begin = Instant::now();
    let steps = Steps::new(place, 5)?;
    let path = first(place, &whole, &steps)?;
    let running = serve::start(&first_of(&whole).dist(place), &base, port)?;
    running.site.announce(LOADER, BEING_BUILT);
    println!("The page stands after {}.", crate::steps::shown(begin.elapsed().as_secs()));
    let running = announce(running)?;
    steps.step(5, &REST, |log| whole.make(place, &path, |command| log.run(command)))?;
    running.site.show(&whole.dist(place)).context("the pages that were just built are gone")?;
    drop(lock);
    println!("The GPU engine is there; open pages pick it up.");
    running.wait()
}

fn first_of(whole: &Build) -> Build {
    Build { kind: Kind::First, ..whole.clone() }
}

/// The page with its CPU engine: tools and programs side by side, then both together. Returns the `PATH` to build with.
fn first(place: &Place, whole: &Build, steps: &Steps) -> Result<std::ffi::OsString> {
    tools::target()?;
    let tools = || -> Result<()> {
        for (at, tool) in TOOLS.iter().enumerate() {
            install(place, steps, at + 1, tool)?;
        }
        Ok(())
    };
    let compile = |log: &Log| Build::compile_first(place).iter_mut().try_for_each(|command| log.run(command));
    thread::scope(|scope| {
        let tools = scope.spawn(tools);
        let compiled = steps.step(3, &COMPILE, compile);
        tools.join().map_err(|_| anyhow!("the installation of the tools broke off"))?.and(compiled)
    })?;
    let path = tools::set_up(place, false)?;
    // What trunk writes lies beside the whole build, and is of no use once that is there.
    let _ = fs::remove_dir_all(place.cache.join("target-tools"));
    steps.step(4, &ASSEMBLE, |log| assemble(place, whole, &path, log))?;
    Ok(path)
}

fn install(place: &Place, steps: &Steps, number: usize, tool: &Tool) -> Result<()> {
    if tool.is_there(place) {
        println!("step {number} of 5: {}: is there", tool.step.what);
        return Ok(());
    }
    steps.step(number, &tool.step, |log| tool.install(place, log))
}

fn assemble(place: &Place, whole: &Build, path: &OsStr, log: &Log) -> Result<()> {
    first_of(whole).make(place, path, |command| log.run(command))
}

fn announce(running: Running) -> Result<Running> {
    println!("Foolproof is at\n{}\n(stop with Ctrl-C)", running.url);
    std::io::stdout().flush().context("cannot write to standard output")?;
    Ok(running)
}
