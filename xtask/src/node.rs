//! Node and the packages that only tests and benchmarks use, from a lock file, kept in the project's cache.

use crate::{
    command::{ask, run},
    files::hex,
    place::Place,
};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The oldest Node whose test runner has what the browser tests use.
const OLDEST: u32 = 20;

/// `node`, once it is known to be new enough.
pub fn node() -> Result<Command> {
    let answer = ask("node", &["--version"])
        .context("`node` is not on PATH, but tests and wasm-opt run on it; install Node 20 or newer")?;
    let major = answer.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST) {
        bail!("Node {OLDEST} or newer is needed, but `node --version` says {answer}");
    }
    Ok(Command::new("node"))
}

/// `npm`, once Node is known to be new enough.
pub fn npm() -> Result<Command> {
    node()?;
    Ok(Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" }))
}

/// Installs what `folder/package-lock.json` names into the cache, and links it as `folder/node_modules`.
pub fn packages(place: &Place, folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let text = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let home = place.node().join(format!("packages-{}", &hex(&Sha256::digest(&text))[..12]));
    let mark = home.join("complete");
    if !mark.is_file() {
        println!("Installing the packages of {} into {}.", lock.display(), home.display());
        fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
        for name in ["package.json", "package-lock.json"] {
            fs::copy(folder.join(name), home.join(name))
                .with_context(|| format!("cannot copy {name} to {}", home.display()))?;
        }
        run(npm()?.current_dir(&home).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])).with_context(|| {
            format!("the npm packages of {} could not be had, but the browser tests need them; try again with the network up", lock.display())
        })?;
        fs::write(&mark, "").with_context(|| format!("cannot write {}", mark.display()))?;
    }
    link(&home.join("node_modules"), &folder.join("node_modules"))
}

/// Makes `place` a link to `modules`; a real folder there is the user's own and stays.
fn link(modules: &Path, place: &PathBuf) -> Result<()> {
    match fs::symlink_metadata(place) {
        Ok(found) if found.is_symlink() => {
            if fs::read_link(place).is_ok_and(|target| target == modules) {
                return Ok(());
            }
            fs::remove_file(place).with_context(|| format!("cannot replace the link {}", place.display()))?;
        }
        Ok(_) => {
            println!("{} is a folder of your own and is used as it is.", place.display());
            return Ok(());
        }
        Err(_) => {}
    }
    make_link(modules, place).with_context(|| format!("cannot link {} to {}", place.display(), modules.display()))
}

#[cfg(unix)]
fn make_link(modules: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(modules, place)
}

#[cfg(windows)]
fn make_link(modules: &Path, place: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(modules, place)
}

#[cfg(all(test, unix))]
mod tests {
    use super::link;
    use std::fs;

    #[test]
    fn a_stale_link_is_replaced_and_a_folder_is_kept() {
        let base = tempfile::tempdir().unwrap();
        let place = base.path().join("node_modules");
        let (old, new) = (base.path().join("old"), base.path().join("new"));
        link(&old, &place).unwrap();
        link(&new, &place).unwrap();
        assert_eq!(fs::read_link(&place).unwrap(), new);
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        link(&new, &place).unwrap();
        assert!(!fs::symlink_metadata(&place).unwrap().is_symlink());
    }
}
