//! Fuzzing: the program `fuzz` of `crates/fuzz`, built with coverage, and its targets, each named by its corpus. libFuzzer
//! is C++, which a compiler of the user's own builds, or Debian's where it may be installed.

use crate::{
    arguments::Arguments,
    browser,
    command::{ask, cargo, on_path, run},
    lint,
    place::Place,
};
use anyhow::{Context, Result, bail};
use std::{
    collections::VecDeque,
    env,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
};

/// What makes the compiler count which branches an input takes, and what it is compared with: what `cargo fuzz` gives.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";
/// Longest input in bytes, seconds for one, and megabytes for all that the program has.
const BOUNDS: [&str; 3] = ["-max_len=8192", "-timeout=10", "-rss_limit_mb=1024"];
/// Targets at once.
const LANES: usize = 2;
/// Seconds for all targets together where time is the limit.
const SECONDS: usize = 60;
/// Seconds for one target where inputs are the limit. Most have their ten million in a quarter of an hour; decoded pictures
/// and datasets would take a day.
const LONGEST: usize = 2 * 3600;
/// Lines of a failed target's output that are shown.
const TAIL: usize = 40;
const PACKAGE: &str = "g++";
/// How to get a C++ compiler.
pub const WAY_OUT: &str = "install one (Debian's g++, Xcode's command line tools), or name it in the variable CXX";

/// How long each target runs.
#[derive(Clone, Copy)]
pub enum Effort {
    /// A minute for all together, from the committed corpora alone, with the same draws each time.
    Minute,
    /// So many inputs each, or as many as two hours hold; also from what earlier runs have found.
    Inputs(u64),
}

/// The C++ compiler that builds libFuzzer: what the variable says, or the system's.
pub fn find() -> Option<OsString> {
    let named = env::var_os("CXX").filter(|name| !name.is_empty());
    named.or_else(|| on_path(&["c++"]).map(PathBuf::into_os_string))
}

/// Sees to a C++ compiler, installing Debian's where it may be installed; whether there is one.
pub fn set_up() -> Result<bool> {
    if find().is_none() && browser::may_install() {
        println!("Installing Debian's {PACKAGE}.");
        browser::install(&[PACKAGE])
            .with_context(|| format!("a C++ compiler could not be installed, but fuzzing needs one; {WAY_OUT}"))?;
    }
    let found = find().is_some();
    if !found {
        println!("There is no C++ compiler, but fuzzing runs on libFuzzer, which is C++; {WAY_OUT}.");
    }
    Ok(found)
}

/// `cargo xtask fuzz TARGET`: one target until it is stopped or fails. Other words are libFuzzer's; a file among them is
/// run once, instead.
pub fn command(place: &Place, arguments: Arguments) -> Result<()> {
    let mut words = arguments.rest();
    let known = targets(place)?;
    let name = match words.is_empty() {
        false => words.remove(0),
        true => bail!("which target? There are {}", known.join(", ")),
    };
    if !known.contains(&name) {
        bail!("there is no target `{name}`; there are {}", known.join(", "));
    }
    if !set_up()? {
        bail!("nothing can be fuzzed without a C++ compiler");
    }
    let lock = place.lock()?;
    let fuzzer = Fuzzer::build(place)?;
    drop(lock);
    let mut command = fuzzer.target(&name)?;
    if words.iter().all(|word| word.starts_with('-')) {
        command.args(fuzzer.corpora(&name, "found")?);
    }
    run(command.args(words)).with_context(|| format!("the target `{name}` failed"))
}

/// Runs every target, [`LANES`] at once; how many held.
///
/// # Errors
/// The first failure, with the input and how to run it again.
pub fn all(place: &Place, effort: Effort) -> Result<u32> {
    let fuzzer = Fuzzer::build(place)?;
    let names = targets(place)?;
    let count = names.len();
    let waiting = Mutex::new(VecDeque::from(names));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let lane = || -> Result<()> {
        while let Some(name) = next() {
            if let Err(error) = fuzzer.hold(&name, effort, count) {
                // The other lane ends its target, and begins no other.
                waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
                return Err(error);
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().try_for_each(|lane| lane.join().unwrap_or_else(|_| bail!("a lane of fuzzing panicked")))
    })?;
    Ok(count as u32)
}

/// The targets, by their corpora.
fn targets(place: &Place) -> Result<Vec<String>> {
    let folder = corpus(place);
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

fn corpus(place: &Place) -> PathBuf {
    place.root.join("crates").join("fuzz").join("corpus")
}

/// The program, built.
struct Fuzzer<'a> {
    place: &'a Place,
    program: PathBuf,
}

impl Fuzzer<'_> {
    /// Builds it. For the machine by name, so that flags are for what runs in it, and not for what runs while it is built.
    fn build(place: &Place) -> Result<Fuzzer<'_>> {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let version = ask(rustc, &["-vV"]).context("`rustc` does not answer")?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.context("`rustc -vV` names no host")?;
        let target = place.cache.join("target-fuzz");
        let mut command = cargo(&place.root, &target);
        command.args(["build", "--profile", "fuzz", "--package", "foolproof-fuzz", "--features", "libfuzzer"]);
        lint::native(&mut command)?;
        run(command.args(["--target", host]).env("RUSTFLAGS", COVERAGE)).context("the fuzzer could not be built")?;
        let program = target.join(host).join("fuzz").join(format!("fuzz{}", env::consts::EXE_SUFFIX));
        Ok(Fuzzer { place, program })
    }

    /// What a target finds and says.
    fn folder(&self, name: &str) -> PathBuf {
        self.place.cache.join("fuzz").join(name)
    }

    /// libFuzzer around a target. Inputs that fail are kept in its folder.
    fn target(&self, name: &str) -> Result<Command> {
        let folder = self.folder(name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut prefix = OsString::from("-artifact_prefix=");
        prefix.push(folder.join("")); // With its slash: the file's name goes on from there.
        let mut command = Command::new(&self.program);
        command.env("FOOLPROOF_FUZZ", name).env("RUST_BACKTRACE", "1");
        command.args(BOUNDS).arg(prefix);
        Ok(command)
    }

    /// Where new inputs go, and where it begins.
    fn corpora(&self, name: &str, new: &str) -> Result<[PathBuf; 2]> {
        let new = self.folder(name).join(new);
        fs::create_dir_all(&new).with_context(|| format!("cannot make {}", new.display()))?;
        Ok([new, corpus(self.place).join(name)])
    }

    /// Runs one of `count` targets; an error if it fails.
    fn hold(&self, name: &str, effort: Effort, count: usize) -> Result<()> {
        let mut command = self.target(name)?;
        let new = match effort {
            Effort::Minute => {
                // What is not there need not be removed.
                let _ = fs::remove_dir_all(self.folder(name).join("new"));
                command.args([
                    "-seed=1".to_owned(),
                    format!("-max_total_time={}", (SECONDS / count.div_ceil(LANES).max(1)).max(1)),
                ]);
                "new"
            }
            Effort::Inputs(inputs) => {
                command.args([format!("-runs={inputs}"), format!("-max_total_time={LONGEST}")]);
                "found"
            }
        };
        command.arg("-print_final_stats=1").args(self.corpora(name, new)?);
        let log = self.folder(name).join("log");
        let open = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let also = open.try_clone().context("the log cannot be shared")?;
        let status = command.stdout(open).stderr(also).status().context("the fuzzer cannot be started")?;
        let said = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
        if !status.success() {
            bail!("{}", failure(name, &said, &log));
        }
        println!("{name}: {} inputs", after(&said, "stat::number_of_executed_units:").unwrap_or("some"));
        Ok(())
    }
}

/// What is said of a target that failed: the end of its output, the input, how to run it again.
fn failure(name: &str, said: &str, log: &Path) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let end = lines[lines.len().saturating_sub(TAIL)..].join("\n");
    let input = match after(said, "Test unit written to") {
        Some(input) => format!("it failed on {input}; to run that again: cargo xtask fuzz {name} {input}"),
        None => "it kept no input".into(),
    };
    format!("{end}\nthe target `{name}` failed: {input} (all that it said: {})", log.display())
}

/// What stands in a line behind a mark.
fn after<'a>(said: &'a str, mark: &str) -> Option<&'a str> {
    said.lines().find_map(|line| line.split_once(mark)).map(|(_, rest)| rest.trim())
}

#[cfg(test)]
mod tests {
    use super::{after, failure};
    use std::path::Path;

    #[test]
    fn a_failure_names_the_input_and_the_way_to_run_it_again() {
        let said = "thread panicked\nartifact_prefix='/c/'; Test unit written to /c/crash-1\nBase64: AA==\n";
        let told = failure("link", said, Path::new("/c/log"));
        assert!(told.contains("cargo xtask fuzz link /c/crash-1 (") && told.starts_with("thread panicked"), "{told}");
        assert!(failure("link", "", Path::new("/c/log")).contains("kept no input"));
    }

    #[test]
    fn inputs_are_counted() {
        assert_eq!(after("a\nstat::number_of_executed_units: 70\n", "stat::number_of_executed_units:"), Some("70"));
        assert_eq!(after("", "stat::number_of_executed_units:"), None);
    }
}
