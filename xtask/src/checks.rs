//! The checks that `cargo xtask test` runs, one a function. Those that run tests return how many passed.

mod long;

use crate::{
    bench,
    browser::{self, Browser, FLAGS},
    build::{Build, Kind},
    command::{cargo, run, watch},
    files::files,
    fuzz::{self, Effort},
    lint, node,
    others::{self, Found},
    passed::Passed,
    place::Place,
    serve,
    test::Needs,
    tools,
};
use anyhow::{Context, Result, bail};
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Browser tests that a neighbour would spoil: they measure how long the page takes, or how still it is.
const ALONE: [&str; 2] = ["steady.test.mjs", "still.test.mjs"];
/// What browser tests read of `tests/`, theirs and their neighbours' alike.
const READ: [&str; 3] = ["e2e", "golden", "pictures"];

/// What the stages work with.
pub struct Checks<'a> {
    place: &'a Place,
    path: OsString,
    browser: Option<Browser>,
    others: Vec<Found>,
    /// Whether browser tests that have passed on the same pages run all the same.
    again: bool,
}

impl Checks<'_> {
    /// Sees to the tools, and to the browsers that the stages need with the packages that drive them.
    pub fn set_up<'a>(place: &'a Place, needs: &[Needs], again: bool) -> Result<Checks<'a>> {
        tools::lints()?;
        if needs.contains(&Needs::Compiler) {
            fuzz::set_up()?;
        }
        let path = tools::set_up(place, false)?;
        let browser = if needs.contains(&Needs::Chromium) { Some(browser::set_up()?) } else { None };
        let others = if needs.contains(&Needs::Others) { others::set_up()? } else { Vec::new() };
        if browser.is_some() || !others.is_empty() {
            node::packages(place, &place.root)?;
        }
        Ok(Checks { place, path, browser, others, again })
    }

    fn native_cargo(&self, words: &[&str]) -> Command {
        let mut command = cargo(&self.place.root, &self.place.target());
        command.args(words);
        command
    }

    fn web_cargo(&self, words: &[&str]) -> Command {
        let mut command = cargo(&self.place.root, &self.place.target_web());
        command.args(words).args(["--target", tools::TARGET]).env("PATH", &self.path);
        command
    }

    fn browser(&self) -> Result<&Browser> {
        self.browser.as_ref().context("this stage was set up without a browser")
    }

    /// Every file is as rustfmt writes it.
    pub fn fmt(&self) -> Result<u32> {
        run(&mut self.native_cargo(&["fmt", "--all", "--check"])).map(|()| 0)
    }

    /// The documentation builds, and no link in it is broken.
    pub fn docs(&self) -> Result<u32> {
        let words = ["doc", "--workspace", "--no-deps", "--document-private-items"];
        run(self.native_cargo(&words).env("RUSTDOCFLAGS", "-D warnings")).map(|()| 0)
    }

    /// What needs no engine and so is compiled soon: the page's pure half, the data it shares with the engine, xtask.
    /// Clippy reads along.
    pub fn pure(&self) -> Result<u32> {
        self.native_tests(&["--package", "foolproof", "--package", "foolproof-core", "--package", "xtask"])
    }

    /// Unit, integration and documentation tests of everything that runs natively. Clippy reads along.
    pub fn native(&self) -> Result<u32> {
        self.native_tests(&["--workspace", "--exclude", "foolproof", "--exclude", "xtask"])
    }

    /// Every target of fuzzing, a minute for all together; none without a C++ compiler. Clippy reads the program that
    /// runs them.
    pub fn fuzz(&self) -> Result<u32> {
        if fuzz::find().is_none() {
            return Ok(0);
        }
        fuzz::all(self.place, Effort::Minute)
    }

    fn native_tests(&self, words: &[&str]) -> Result<u32> {
        let mut passed = 0;
        let mut command = self.native_cargo(&["test"]);
        lint::native(&mut command)?;
        watch(command.args(words), |line| passed += cargo_passed(line))?;
        Ok(passed)
    }

    /// The pages build, without the long link and wasm-opt, and clippy has nothing to say of them.
    pub fn pages(&self) -> Result<u32> {
        self.quick().run(self.place).map(|_| 0)
    }

    fn quick(&self) -> Build {
        Build { public_url: "./".to_owned(), kind: Kind::Quick, lint: true }
    }

    /// wasm-bindgen's tests of workers and page, in a headless Chromium. With the pages' profile and each in the package
    /// whose features it has, so that nothing is compiled for them alone.
    pub fn web(&self) -> Result<u32> {
        let browser = self.browser()?;
        let mut passed = 0;
        for package in ["foolproof-worker", "foolproof"] {
            let mut command = self.web_cargo(&["test", "--profile", "quick", "--package", package, "--test", "web"]);
            lint::web(&mut command, self.place)?;
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools::test_runner(self.place));
            command.env("CHROMEDRIVER", &browser.driver);
            command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", self.capabilities(browser)?);
            watch(&mut command, |line| passed += cargo_passed(line))?;
        }
        Ok(passed)
    }

    /// Writes what the driver is to start, and how.
    fn capabilities(&self, browser: &Browser) -> Result<PathBuf> {
        let path = self.place.cache.join("webdriver.json");
        let flags = FLAGS.map(|flag| format!("{flag:?}")).join(", ");
        let binary = browser.chromium.to_string_lossy();
        let text = format!("{{\"goog:chromeOptions\": {{\"binary\": {binary:?}, \"args\": [{flags}]}}}}\n");
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// The browser tests, against the quick build: two files at once, since one leaves a fifth of two cores idle;
    /// then those that measure.
    pub fn e2e(&self) -> Result<u32> {
        let dist = self.quick().run(self.place)?;
        let toys = self.toys()?;
        let running = serve::start(&dist, "/", 0)?;
        let chromium = &self.browser()?.chromium;
        let (alone, beside): (Vec<_>, Vec<_>) =
            tests(self.place)?.into_iter().partition(|file| ALONE.iter().any(|name| file.ends_with(name)));
        let mut passed = 0;
        for (files, lanes) in [(beside, 2), (alone, 1)] {
            passed += self.node_tests(&dist, files, &[chromium.clone(), toys.clone()], |command| {
                command.arg(format!("--test-concurrency={lanes}")).env("FOOLPROOF_URL", &running.url);
                command.env("FOOLPROOF_CHROMIUM", chromium).env("FOOLPROOF_TOYS", &toys);
            })?;
        }
        Ok(passed)
    }

    /// Runs files of tests by Node against pages, but for those that have passed on the same; `told` adds what else they
    /// are to know. How many tests passed, now or then.
    fn node_tests(
        &self,
        dist: &Path,
        files: Vec<PathBuf>,
        programs: &[PathBuf],
        told: impl FnOnce(&mut Command),
    ) -> Result<u32> {
        let Place { root, cache } = self.place;
        let folders = READ.map(|folder| root.join("tests").join(folder));
        let memory = Passed::new(cache, &folders, dist, programs, self.again)?;
        let (left, mut passed) = memory.left(files)?;
        if left.is_empty() {
            return Ok(passed);
        }
        let mut command = node::node()?;
        command.current_dir(root).arg("--test").env("FOOLPROOF_DIST", dist);
        memory.listen(&mut command)?;
        told(&mut command);
        let done = watch(command.args(left), |line| passed += node_passed(line));
        memory.remember()?;
        done.map(|()| passed)
    }

    /// The stories that every browser has to hold, in Firefox and then in WebKitGTK; none where neither is here.
    pub fn browsers(&self) -> Result<u32> {
        let mut passed = 0;
        for found in &self.others {
            match self.stories(found, found.other.stories)? {
                0 => bail!("{} ran no stories", found.other.name),
                count => passed += count,
            }
        }
        Ok(passed)
    }

    /// A file of `tests/e2e/browsers` in one of the other browsers, against the quick build.
    fn stories(&self, found: &Found, file: &str) -> Result<u32> {
        let dist = self.quick().run(self.place)?;
        let file = self.place.root.join("tests/e2e/browsers").join(file);
        let programs: Vec<PathBuf> = found.told.iter().map(|(_, path)| path.clone()).collect();
        self.node_tests(&dist, vec![file], &programs, |command| {
            command.envs(found.told.iter().map(|(name, path)| (name, path)));
        })
    }

    /// The program that adds the toy datasets to built pages. The stage `native` has compiled it already.
    fn toys(&self) -> Result<PathBuf> {
        let mut command = self.native_cargo(&["build", "--package", "foolproof-tests", "--example", "toy_datasets"]);
        lint::native(&mut command)?;
        run(&mut command)?;
        let name = format!("toy_datasets{}", std::env::consts::EXE_SUFFIX);
        Ok(self.place.target().join("debug").join("examples").join(name))
    }

    /// One round of every part of the benchmark at its smallest, against the quick build: whether it runs, not how fast.
    pub fn bench(&self) -> Result<u32> {
        let dist = self.quick().run(self.place)?;
        let mut command = bench::script(self.place, &dist, &self.browser()?.chromium)?;
        let mut passed = 0;
        watch(command.arg("--smoke"), |line| passed += bench_passed(line))?;
        Ok(passed)
    }
}

/// Chromium's own files: those of a folder below belong to the stage `browsers`.
fn tests(place: &Place) -> Result<Vec<PathBuf>> {
    let folder = place.root.join("tests").join("e2e");
    let own = |file: &PathBuf| file.parent() == Some(&folder) && file.to_string_lossy().ends_with(".test.mjs");
    Ok(files(&folder)?.into_iter().filter(own).collect())
}

/// The number in cargo's `test result: ok. 12 passed; ...`.
fn cargo_passed(line: &str) -> u32 {
    let count = line.strip_prefix("test result: ok. ").and_then(|rest| rest.split(' ').next());
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// The number in Node's `ℹ pass 12`.
fn node_passed(line: &str) -> u32 {
    let count = line.trim_start_matches(['ℹ', '#']).trim_start().strip_prefix("pass ");
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// One for the benchmark's `bench race passed: ...`.
fn bench_passed(line: &str) -> u32 {
    let words: Vec<&str> = line.split(' ').take(3).collect();
    u32::from(matches!(words.as_slice(), ["bench", _, "passed:"]))
}

#[cfg(test)]
mod tests {
    use super::{bench_passed, cargo_passed, node_passed};

    #[test]
    fn passed_tests_are_counted() {
        assert_eq!(cargo_passed("test result: ok. 12 passed; 0 failed; 0 ignored"), 12);
        assert_eq!(cargo_passed("test result: FAILED. 12 passed; 1 failed"), 0);
        assert_eq!(node_passed("ℹ pass 7"), 7);
        assert_eq!(node_passed("# pass 7"), 7);
        assert_eq!(node_passed("ℹ passed the bridge"), 0);
        assert_eq!(bench_passed("bench race passed: 7 rows in 3.1 s"), 1);
        assert_eq!(bench_passed("FGSM, 1 passed: 3"), 0);
    }
}
