//! Makes what ships: the data in shards, the models of the zoo with their cards, and the manifest of it all.
//!
//! `zoo --mnist DIR --fashion DIR --out static [data] [MODEL ...] [judge] [manifest]`; without a task, data, models and manifest.
//! `judge` measures the models that are there once more, without training them. `harden PRESET [NAME=VALUE ...]`
//! rehearses a training preset of the page, on MNIST or with `data=fashion`; with `RAYON_NUM_THREADS=1` it takes what one worker does.

mod data;
mod harden;
mod judge;
mod publish;
mod recipes;
mod remember;
mod train;

use data::Data;
use std::path::PathBuf;

/// What any step may fail with, told to the person at the terminal.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let (mut mnist, mut fashion, mut out, mut tasks) = (None, None, PathBuf::from("static"), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--mnist" => mnist = arguments.next().map(PathBuf::from),
            "--fashion" => fashion = arguments.next().map(PathBuf::from),
            "--out" => out = arguments.next().ok_or("--out needs a folder")?.into(),
            _ => tasks.push(argument),
        }
    }
    let mnist = Data::mnist(&mnist.ok_or("--mnist needs the folder with MNIST's IDX files")?)?;
    let fashion = Data::fashion(&fashion.ok_or("--fashion needs the folder with Fashion-MNIST's IDX files")?)?;
    let all = [mnist, fashion];
    if let [task, preset, changes @ ..] = &tasks[..]
        && task == "harden"
    {
        return harden::harden(preset, changes, &all, &out);
    }
    let asked = |task: &str| tasks.is_empty() || tasks.iter().any(|asked| asked == task);
    for data in &all {
        if asked("data") {
            publish::shards(data, &out)?;
        }
        for recipe in recipes::all().iter().filter(|recipe| recipe.data == data.id) {
            if asked(&recipe.id) {
                let from = recipe.from.as_ref().map(|id| publish::weights_of(id, &out)).transpose()?;
                publish::model(recipe, &train::train(recipe, from.unwrap_or_default(), data)?, data, &out)?;
            }
            if tasks.iter().any(|asked| asked == "judge") && publish::is_made(recipe, &out) {
                publish::judge(recipe, data, &out)?;
            }
        }
    }
    if asked("manifest") {
        publish::manifest(&all, &out)?;
    }
    Ok(())
}
