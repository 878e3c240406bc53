//! Chromium and its driver, for the tests: the user's own, or Debian's packages where they may be installed.

use crate::command::{ask, on_path, run};
use anyhow::{Context, Result, bail};
use std::{env, path::PathBuf, process::Command};

/// A browser that tests can drive.
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// Its WebDriver server, of the same version.
    pub driver: PathBuf,
}

const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const APP: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
/// How to get them.
pub const WAY_OUT: &str =
    "install Chromium and its chromedriver, or name them in the variables CHROME and CHROMEDRIVER";

/// What Chromium needs to run as root in a container and to stay off the network.
pub const FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// Finds both programs, installing Debian's packages if they are missing and may be installed.
pub fn set_up() -> Result<Browser> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    if !may_install() {
        bail!("no Chromium with a chromedriver was found, but the browser tests drive one; {WAY_OUT}");
    }
    println!("Installing Debian's chromium and chromium-driver.");
    install(&["chromium", "chromium-driver"])
        .with_context(|| format!("Chromium could not be installed, but the browser tests drive one; {WAY_OUT}"))?;
    find()?.with_context(|| format!("the packages brought no chromium or chromedriver; {WAY_OUT}"))
}

/// Both programs, where they are.
pub fn find() -> Result<Option<Browser>> {
    let chromium = program("CHROME", &NAMES, Some(APP))?;
    let driver = program("CHROMEDRIVER", &["chromedriver"], None)?;
    Ok(chromium.zip(driver).map(|(chromium, driver)| Browser { chromium, driver }))
}

/// A program that a variable names, or that is found by one of its names, or where a Mac has it.
///
/// # Errors
/// Where the variable names what is not there.
pub fn program(variable: &str, names: &[&str], app: Option<&str>) -> Result<Option<PathBuf>> {
    let app = || app.map(PathBuf::from).filter(|app| app.is_file());
    Ok(named(variable)?.or_else(|| on_path(names)).or_else(app))
}

/// The program that a variable names; an error if there is none at that path.
fn named(variable: &str) -> Result<Option<PathBuf>> {
    let Some(path) = env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from) else {
        return Ok(None);
    };
    if !path.is_file() {
        bail!("the variable {variable} names {}, but there is no such file", path.display());
    }
    Ok(Some(path))
}

/// Whether Debian's packages may be installed: by root alone.
pub fn may_install() -> bool {
    on_path(&["apt-get"]).is_some() && is_root()
}

/// Installs Debian's packages.
///
/// # Errors
/// Where that fails, as without a network.
pub fn install(packages: &[&str]) -> Result<()> {
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    ask("id", &["-u"]).as_deref() == Some("0")
}
