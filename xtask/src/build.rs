//! `cargo xtask build`: trunk makes the pages, then [`crate::stamp`] makes their addresses safe from stale caches.

use crate::{
    arguments::Arguments,
    command::{cargo, run},
    files::{files, hex},
    glue, lint, makeup,
    place::Place,
    stamp, tools,
    weigh::weigh,
};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What the pages are made of; a change of any of it makes a build.
const SOURCES: [&str; 13] = [
    "src",
    "crates",
    "www",
    "static",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo",
    "xtask/src/files.rs",
    "xtask/src/glue.rs",
    "xtask/src/inliner.rs",
    "xtask/src/tools.rs",
    "xtask/src/stamp.rs",
];

/// The programs of a release, each with the profile that it is compiled by.
const PROGRAMS: [(&str, &str); 5] =
    [("page", "app"), ("page", "lab"), ("page", "importer"), ("engine", "engine-cpu"), ("page", "engine-gpu")];

/// Which pages to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What ships: link-time optimisation, wasm-opt, and limits on its size.
    Release,
    /// Whole, but without those: for tests, and to play with.
    Quick,
    /// The same without the GPU engine, which takes longest and is not waited for.
    First,
}

/// How to build.
#[derive(Clone)]
pub struct Build {
    /// Where the pages will be: `./` for anywhere, `/path/` or an `https` address.
    pub public_url: String,
    /// Which pages.
    pub kind: Kind,
    /// Whether clippy reads along and any warning is an error.
    pub lint: bool,
}

impl Build {
    /// Takes `--public-url` and `--quick`.
    pub fn from(arguments: &mut Arguments) -> Result<Build> {
        let public_url = arguments.option("--public-url")?.unwrap_or_else(|| "./".to_owned());
        let kind = if arguments.flag("--quick") { Kind::Quick } else { Kind::Release };
        Ok(Build { public_url, kind, lint: false })
    }

    /// Where the pages go.
    pub fn dist(&self, place: &Place) -> PathBuf {
        match self.kind {
            Kind::Release => place.root.join("dist"),
            Kind::Quick => place.root.join("target").join("dist-quick"),
            Kind::First => place.root.join("target").join("dist-first"),
        }
    }

    /// Whether the last build was of the same sources with the same settings.
    pub fn is_done(&self, place: &Place) -> Result<bool> {
        let print = self.fingerprint(place)?;
        Ok(self.dist(place).join("index.html").is_file()
            && fs::read_to_string(self.record(place)).is_ok_and(|old| old == print))
    }

    fn record(&self, place: &Place) -> PathBuf {
        self.dist(place).with_extension("print")
    }

    /// Builds, unless that is done already. Returns the folder.
    pub fn run(&self, place: &Place) -> Result<PathBuf> {
        let dist = self.dist(place);
        if self.is_done(place)? {
            println!("{} is up to date.", dist.display());
            return Ok(dist);
        }
        let path = tools::set_up(place, self.kind == Kind::Release)?;
        self.make(place, &path, run)?;
        Ok(dist)
    }

    /// Builds with the tools on `path`, each program started by `start`.
    pub fn make(&self, place: &Place, path: &OsStr, start: impl Fn(&mut Command) -> Result<()>) -> Result<()> {
        let (dist, record, print) = (self.dist(place), self.record(place), self.fingerprint(place)?);
        // A build that fails half-way must not pass for the one before it.
        let _ = fs::remove_file(&record);
        fs::create_dir_all(place.root.join("target")).context("cannot make the folder target")?;
        start(&mut self.trunk(place, path, &dist)?).context("the pages could not be built; see the message above")?;
        let release = self.kind == Kind::Release;
        if release {
            glue::shorten(place, &dist)?;
        }
        let id = stamp::stamp(&dist)?;
        if release {
            for (profile, program) in PROGRAMS {
                let linked = place.target_web().join(tools::TARGET).join(profile).join(program);
                print!("{}", makeup::table(&linked.with_extension("wasm"))?);
            }
            weigh(&dist)?;
        }
        fs::write(&record, print).with_context(|| format!("cannot write {}", record.display()))?;
        println!("Built {} ({id}).", dist.display());
        Ok(())
    }

    /// The programs of a first page, as trunk will have cargo compile them; so that they can be compiled before trunk is
    /// there. Trunk names the folder and the program and no package, and which packages are chosen decides the features
    /// of what they share: with others everything would be compiled once more. The engine goes first: its longest crate
    /// keeps one core busy for minutes, in which the tools and the page need the others.
    pub fn compile_first(place: &Place) -> [Command; 3] {
        let programs: [(&str, &[&str]); 3] = [
            ("crates/worker", &["--bin", "engine-cpu"]),
            (".", &["--bin", "app", "--bin", "lab"]),
            ("crates/importer", &["--bin", "importer"]),
        ];
        programs.map(|(folder, what)| {
            let mut command = cargo(&place.root.join(folder), &place.target_web());
            command.args(["build", "--target", tools::TARGET, "--profile", "quick"]).args(what);
            command
        })
    }

    fn trunk(&self, place: &Place, path: &OsStr, dist: &Path) -> Result<Command> {
        // Trunk copies every snippet it finds in this folder, those of older builds too.
        let mode = if self.kind == Kind::Release { "release" } else { "debug" };
        let snippets = place.target_web().join("wasm-bindgen").join(mode).join("snippets");
        if snippets.is_dir() {
            fs::remove_dir_all(&snippets).with_context(|| format!("cannot empty {}", snippets.display()))?;
        }
        let mut trunk = Command::new(place.tools().join("bin").join("trunk"));
        // Trunk takes any NO_COLOR but `true` and `false` for a mistake.
        adopt(&mut trunk, &cargo(&place.root, &place.target_web())).env("PATH", path).env_remove("NO_COLOR");
        if self.kind == Kind::Release {
            trunk.env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe().context("this program has no path")?);
        } else if self.lint {
            lint::web(&mut trunk, place)?;
        }
        trunk.args(["build", "--public-url", &self.public_url, "--dist"]).arg(dist);
        trunk.args(if self.kind == Kind::Release { &["--release"][..] } else { &["--cargo-profile", "quick"] });
        if self.kind == Kind::First {
            trunk.args(["--html-output", "index.html"]).arg(self.first_page(place)?);
        }
        Ok(trunk)
    }

    /// Writes the page that asks for no GPU engine, into a folder of its own, and returns it.
    fn first_page(&self, place: &Place) -> Result<PathBuf> {
        let whole = place.root.join("www").join("index.html");
        let text = fs::read_to_string(&whole).with_context(|| format!("cannot read {}", whole.display()))?;
        let folder = place.root.join("target").join("first-page");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let page = folder.join("index.html");
        fs::write(&page, without_gpu(&text)).with_context(|| format!("cannot write {}", page.display()))?;
        Ok(page)
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

/// The page without the line of the GPU engine, its files named from two folders below the root.
fn without_gpu(page: &str) -> String {
    let moved = |line: &str| match line.contains("data-trunk") {
        true if line.contains("href=\"../") => line.replace("href=\"../", "href=\"../../"),
        true => line.replace("href=\"", "href=\"../../www/"),
        false => line.to_owned(),
    };
    let kept = page.lines().filter(|line| !line.contains("data-bin=\"engine-gpu\""));
    kept.map(moved).collect::<Vec<_>>().join("\n")
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

#[cfg(test)]
mod tests {
    use super::without_gpu;

    #[test]
    fn a_first_page_lacks_the_gpu_engine_alone() {
        let page = include_str!("../../www/index.html");
        let first = without_gpu(page);
        assert_eq!(first.lines().count() + 1, page.lines().count());
        assert!(first.contains("data-bin=\"engine-cpu\"") && !first.contains("engine-gpu"));
        assert!(first.contains("href=\"../../Cargo.toml\"") && first.contains("href=\"../../www/style/main.css\""));
        assert!(first.contains("href=\"app.webmanifest\""), "what trunk does not read stays");
    }
}
