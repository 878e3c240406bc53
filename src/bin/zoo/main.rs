//! Makes what ships: the data in shards, the models of the zoo with their cards, and the manifest of it all.
//!
//! `zoo --mnist DIR --out static [data] [MODEL ...] [judge] [manifest]`; without a task, data, models and manifest.
//! `judge` measures the models that are there once more, without training them. `harden PRESET [NAME=VALUE ...]`
//! rehearses a training preset of the page; with `RAYON_NUM_THREADS=1` it takes what one worker does.

mod data;
mod harden;
mod judge;
mod publish;
mod recipes;
mod train;

use std::path::PathBuf;

/// What any step may fail with, told to the person at the terminal.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let (mut mnist, mut out, mut tasks) = (None, PathBuf::from("static"), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--mnist" => mnist = arguments.next().map(PathBuf::from),
            "--out" => out = arguments.next().ok_or("--out needs a folder")?.into(),
            _ => tasks.push(argument),
        }
    }
    let mnist = data::Mnist::read(&mnist.ok_or("--mnist needs the folder with MNIST's IDX files")?)?;
    if let [task, preset, changes @ ..] = &tasks[..]
        && task == "harden"
    {
        let change = |text: &String| -> Outcome<(String, f64)> {
            let (name, value) = text.split_once('=').ok_or_else(|| format!("“{text}” is no NAME=VALUE"))?;
            Ok((name.into(), value.parse()?))
        };
        let changes = changes.iter().map(change).collect::<Outcome<Vec<_>>>()?;
        return harden::harden(preset, &changes, &mnist, &out);
    }
    let asked = |task: &str| tasks.is_empty() || tasks.iter().any(|asked| asked == task);
    if asked("data") {
        publish::shards(&mnist, &out)?;
    }
    for recipe in recipes::all() {
        if asked(&recipe.id) {
            publish::model(&recipe, &train::train(&recipe, &mnist)?, &mnist, &out)?;
        }
    }
    if tasks.iter().any(|asked| asked == "judge") {
        for recipe in recipes::all() {
            publish::judge(&recipe, &mnist, &out)?;
        }
    }
    if asked("manifest") {
        publish::manifest(&out)?;
    }
    Ok(())
}
