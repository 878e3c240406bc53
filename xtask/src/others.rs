//! Firefox and WebKitGTK, for the stories that every browser has to hold: the user's own, or Debian's packages where they
//! may be installed. Where they may not be had, those stories are left out.

use crate::browser;
use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

/// A browser beside Chromium.
pub struct Other {
    /// What people call it.
    pub name: &'static str,
    /// Its file in `tests/e2e/browsers`.
    pub stories: &'static str,
    programs: &'static [Program],
    packages: &'static [&'static str],
}

/// A program that has to be there.
struct Program {
    /// The variable by which a user names it.
    variable: &'static str,
    names: &'static [&'static str],
    /// Where it lies on a Mac.
    app: Option<&'static str>,
    /// The variable by which the stories find it.
    told: &'static str,
}

/// The browsers, in the order of their stories.
pub const OTHERS: [Other; 2] = [
    Other {
        name: "Firefox",
        stories: "firefox.test.mjs",
        programs: &[Program {
            variable: "FIREFOX",
            names: &["firefox-esr", "firefox"],
            app: Some("/Applications/Firefox.app/Contents/MacOS/firefox"),
            told: "FOOLPROOF_FIREFOX",
        }],
        packages: &["firefox-esr"],
    },
    Other {
        name: "WebKitGTK",
        stories: "webkit.test.mjs",
        programs: &[
            Program {
                variable: "WEBKITWEBDRIVER",
                names: &["WebKitWebDriver"],
                app: None,
                told: "FOOLPROOF_WEBKIT_DRIVER",
            },
            Program { variable: "XVFB", names: &["Xvfb"], app: None, told: "FOOLPROOF_XVFB" },
        ],
        packages: &["webkit2gtk-driver", "xvfb"],
    },
];

/// Debian's Vulkan in software, by which Firefox has WebGPU where there is no GPU.
const VULKAN: &str = "mesa-vulkan-drivers";
const VULKAN_DRIVERS: &str = "/usr/share/vulkan/icd.d";

/// A browser that was found, and the variables that its stories find it by.
pub struct Found {
    /// Which one.
    pub other: &'static Other,
    /// Names and values.
    pub told: Vec<(&'static str, PathBuf)>,
}

impl Other {
    /// Its programs, where they are.
    ///
    /// # Errors
    /// Where a variable names what is not there.
    pub fn find(&'static self) -> Result<Option<Found>> {
        let mut told = Vec::new();
        for program in self.programs {
            match browser::program(program.variable, program.names, program.app)? {
                Some(path) => told.push((program.told, path)),
                None => return Ok(None),
            }
        }
        Ok(Some(Found { other: self, told }))
    }

    /// How to get it.
    pub fn way_out(&self) -> String {
        let names = |of: fn(&Program) -> &'static str| self.programs.iter().map(of).collect::<Vec<_>>().join(" and ");
        format!(
            "install Debian's {}, or name {} by {}",
            self.packages.join(" and "),
            names(|program| program.names[0]),
            names(|program| program.variable)
        )
    }
}

/// Finds all of them, installing Debian's packages where they may be installed; what is missing elsewhere is said.
///
/// # Errors
/// Where the packages cannot be installed although they may be.
pub fn set_up() -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for other in &OTHERS {
        let found = match other.find()? {
            None if browser::may_install() => {
                println!("Installing Debian's {}.", other.packages.join(" and "));
                browser::install(other.packages).with_context(|| {
                    format!(
                        "{} could not be installed, but a part of the tests drives it; {}",
                        other.name,
                        other.way_out()
                    )
                })?;
                other.find()?
            }
            found => found,
        };
        match found {
            Some(found) => all.push(found),
            None => {
                println!("{} is not here, so its stories are left out; to have them, {}.", other.name, other.way_out())
            }
        }
    }
    Ok(all)
}

/// Whether there is Vulkan for Firefox's WebGPU, which is installed in software where it may be. Only Linux needs it.
///
/// # Errors
/// Where the package cannot be installed although it may be.
pub fn vulkan() -> Result<bool> {
    let there = || fs::read_dir(VULKAN_DRIVERS).is_ok_and(|mut drivers| drivers.next().is_some());
    if !cfg!(target_os = "linux") || there() {
        return Ok(true);
    }
    if browser::may_install() {
        println!("Installing Debian's {VULKAN}.");
        browser::install(&[VULKAN])
            .with_context(|| format!("{VULKAN} could not be installed, but Firefox's WebGPU runs on it here"))?;
    }
    Ok(there())
}

#[cfg(test)]
mod tests {
    use super::OTHERS;

    #[test]
    fn every_browser_has_its_stories_and_a_way_out() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/e2e/browsers");
        for other in &OTHERS {
            assert!(folder.join(other.stories).is_file(), "{} is not there", other.stories);
            let script = std::fs::read_to_string(folder.join(other.stories.replace(".test", ""))).unwrap();
            for program in other.programs {
                assert!(script.contains(program.told), "{} reads no {}", other.stories, program.told);
                assert!(other.way_out().contains(program.variable), "{}", other.way_out());
            }
        }
    }
}
