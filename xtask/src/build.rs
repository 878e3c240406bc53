//! `cargo xtask build`: trunk makes the pages, then [`crate::stamp`] makes their addresses safe from stale caches.

use crate::{
    arguments::Arguments,
    command::{cargo, run},
    glue,
    place::Place,
    stamp::{self, hex},
    tools,
    weigh::weigh,
};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What the pages are made of; a change of any of it makes a build.
const SOURCES: [&str; 12] = [
    "src",
    "crates",
    "www",
    "static",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo",
    "xtask/src/glue.rs",
    "xtask/src/inliner.rs",
    "xtask/src/tools.rs",
    "xtask/src/stamp.rs",
];

/// How to build.
pub struct Build {
    /// Where the pages will be: `./` for anywhere, `/path/` or an `https` address.
    pub public_url: String,
    /// Without link-time optimisation and wasm-opt, for tests.
    pub quick: bool,
}

impl Build {
    /// Takes `--public-url` and `--quick`.
    pub fn from(arguments: &mut Arguments) -> Result<Build> {
        let public_url = arguments.option("--public-url")?.unwrap_or_else(|| "./".to_owned());
        Ok(Build { public_url, quick: arguments.flag("--quick") })
    }

    /// Where the pages go.
    pub fn dist(&self, place: &Place) -> PathBuf {
        if self.quick { place.root.join("target").join("dist-quick") } else { place.root.join("dist") }
    }

    /// Builds, unless the last build was of the same sources with the same settings. Returns the folder.
    pub fn run(&self, place: &Place) -> Result<PathBuf> {
        let dist = self.dist(place);
        let print = self.fingerprint(place)?;
        let record = place.root.join("target").join(if self.quick { "dist-quick.print" } else { "dist.print" });
        if dist.join("index.html").is_file() && fs::read_to_string(&record).is_ok_and(|old| old == print) {
            println!("{} is up to date.", dist.display());
            return Ok(dist);
        }
        // A build that fails half-way must not pass for the one before it.
        let _ = fs::remove_file(&record);
        self.trunk(place, &dist)?;
        if !self.quick {
            glue::shorten(place, &dist)?;
        }
        let id = stamp::stamp(&dist)?;
        if !self.quick {
            weigh(&dist)?;
        }
        fs::create_dir_all(place.root.join("target")).context("cannot make the folder target")?;
        fs::write(&record, print).with_context(|| format!("cannot write {}", record.display()))?;
        println!("Built {} ({id}).", dist.display());
        Ok(dist)
    }

    fn trunk(&self, place: &Place, dist: &Path) -> Result<()> {
        let path = tools::set_up(place, !self.quick)?;
        // Trunk copies every snippet it finds in this folder, those of older builds too.
        let mode = if self.quick { "debug" } else { "release" };
        let snippets = place.target_web().join("wasm-bindgen").join(mode).join("snippets");
        if snippets.is_dir() {
            fs::remove_dir_all(&snippets).with_context(|| format!("cannot empty {}", snippets.display()))?;
        }
        let mut trunk = Command::new(place.tools().join("bin").join("trunk"));
        // Trunk takes any NO_COLOR but `true` and `false` for a mistake.
        adopt(&mut trunk, &cargo(&place.root, &place.target_web())).env("PATH", path).env_remove("NO_COLOR");
        if !self.quick {
            trunk.env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe().context("this program has no path")?);
        }
        trunk.args(["build", "--public-url", &self.public_url, "--dist"]).arg(dist);
        trunk.args(if self.quick { &["--cargo-profile", "quick"][..] } else { &["--release"] });
        run(&mut trunk).context("the pages could not be built; see trunk's message above")
    }

    fn fingerprint(&self, place: &Place) -> Result<String> {
        let mut hash = Sha256::new();
        hash.update(self.public_url.as_bytes());
        for source in SOURCES {
            for file in files(&place.root.join(source))? {
                hash.update(file.to_string_lossy().as_bytes());
                let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                hash.update(Sha256::digest(bytes));
            }
        }
        Ok(hex(&hash.finalize()))
    }
}

/// `cargo xtask build`.
pub fn command(place: &Place, mut arguments: Arguments) -> Result<()> {
    let build = Build::from(&mut arguments)?;
    arguments.finish()?;
    let _lock = place.lock()?;
    build.run(place).map(drop)
}

/// Gives `command` the folder and variables that `model` was given.
fn adopt<'a>(command: &'a mut Command, model: &Command) -> &'a mut Command {
    if let Some(folder) = model.get_current_dir() {
        command.current_dir(folder);
    }
    for (key, value) in model.get_envs() {
        match value {
            Some(value) => command.env(key, value),
            None => command.env_remove(key),
        };
    }
    command
}

/// Every file at or below `path`, sorted; none if there is nothing.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
            let entry = entry.with_context(|| format!("cannot list {}", path.display()))?;
            found.extend(files(&entry.path())?);
        }
    }
    found.sort();
    Ok(found)
}
