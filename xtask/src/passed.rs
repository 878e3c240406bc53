//! Files of browser tests that have passed on what is there now, and so need not run again: the same built pages, the same
//! scripts beside them, the same browser.

use crate::files::{files, hex};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Most files that are remembered, of all checkouts and times.
const MOST: usize = 1000;
/// What each file loads before itself, and says so when it has passed.
const TELLER: &str = "./tests/e2e/passed.mjs";

/// Tests that passed, by file.
type Counts = BTreeMap<PathBuf, u32>;

/// The memory, as one stage uses it.
pub struct Passed {
    memory: PathBuf,
    said: PathBuf,
    /// A hash of everything that all files share.
    shared: String,
    /// Whether what has passed runs all the same.
    again: bool,
}

impl Passed {
    /// The memory in the folder `cache`, for tests that read these folders beside the pages in `dist`, driving `programs`.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn new(cache: &Path, folders: &[PathBuf], dist: &Path, programs: &[PathBuf], again: bool) -> Result<Passed> {
        let mut hash = Sha256::new();
        hash.update(crate::stamp::read(dist)?);
        for folder in folders {
            for file in files(folder)?.iter().filter(|file| !is_test(file)) {
                hash.update(digest(file)?);
            }
        }
        for program in programs {
            // A browser is another one when it was installed anew.
            let known = fs::metadata(program).with_context(|| format!("cannot read {}", program.display()))?;
            hash.update(format!("{} {} {:?}", program.display(), known.len(), known.modified().ok()));
        }
        let (memory, said) = (cache.join("passed"), cache.join("passed-now"));
        Ok(Passed { memory, said, shared: hex(&hash.finalize()), again })
    }

    /// The files that are to run, and how many tests of the others have passed.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn left(&self, all: Vec<PathBuf>) -> Result<(Vec<PathBuf>, u32)> {
        let known = if self.again { Vec::new() } else { self.remembered() };
        let (mut left, mut before) = (Vec::new(), Vec::new());
        for file in all {
            let key = self.key(&file)?;
            match known.iter().find(|(name, _)| *name == key) {
                Some((_, count)) => before.push(*count),
                None => left.push(file),
            }
        }
        let count = before.iter().sum();
        if !before.is_empty() {
            println!(
                "{} files with {count} tests have passed on these very pages and are not run again; `--again` runs them.",
                before.len()
            );
        }
        Ok((left, count))
    }

    /// Has files tell when they have passed; `command` runs in the project's root.
    ///
    /// # Errors
    /// Where what an earlier run told cannot be removed.
    pub fn listen(&self, command: &mut Command) -> Result<()> {
        if self.said.is_file() {
            fs::remove_file(&self.said).with_context(|| format!("cannot remove {}", self.said.display()))?;
        }
        command.args(["--import", TELLER, "--test-reporter=spec"]).env("FOOLPROOF_PASSED", &self.said);
        Ok(())
    }

    /// Remembers the files of which every test passed, once Node has come to its end, whatever that was.
    ///
    /// # Errors
    /// Where the memory cannot be written.
    pub fn remember(&self) -> Result<()> {
        let said = fs::read_to_string(&self.said).unwrap_or_default();
        let mut all = Vec::new();
        for (file, count) in whole(&said) {
            all.push((self.key(&file)?, count));
        }
        let now: Vec<String> = all.iter().map(|(key, _)| key.clone()).collect();
        all.extend(self.remembered().into_iter().filter(|(key, _)| !now.contains(key)));
        all.truncate(MOST);
        let text: String = all.iter().map(|(key, count)| format!("{key} {count}\n")).collect();
        fs::write(&self.memory, text).with_context(|| format!("cannot write {}", self.memory.display()))
    }

    fn remembered(&self) -> Vec<(String, u32)> {
        let text = fs::read_to_string(&self.memory).unwrap_or_default();
        let line =
            |line: &str| line.split_once(' ').and_then(|(key, count)| Some((key.to_owned(), count.parse().ok()?)));
        text.lines().filter_map(line).collect()
    }

    fn key(&self, file: &Path) -> Result<String> {
        let mut hash = Sha256::new();
        hash.update(&self.shared);
        hash.update(file.to_string_lossy().as_bytes());
        hash.update(digest(file)?);
        Ok(hex(&hash.finalize())[..32].to_owned())
    }
}

fn is_test(file: &Path) -> bool {
    file.to_string_lossy().ends_with(".test.mjs")
}

fn digest(file: &Path) -> Result<[u8; 32]> {
    Ok(Sha256::digest(fs::read(file).with_context(|| format!("cannot read {}", file.display()))?).into())
}

/// The files that have passed and how many tests each has, from what they said.
fn whole(said: &str) -> Counts {
    let line = |line: &str| line.split_once(' ').and_then(|(count, file)| Some((file.into(), count.parse().ok()?)));
    said.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{Passed, whole};
    use std::{fs, path::Path};

    #[test]
    fn a_file_says_how_many_tests_it_has() {
        let counts = whole("2 /a\n11 /b c\nnonsense\n");
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("/a".into(), 2), ("/b c".into(), 11)]);
    }

    #[test]
    fn what_has_passed_runs_again_when_anything_is_another() {
        let base = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = base.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let page = |id: &str| write("dist/index.html", &format!("name=\"foolproof-build\" content=\"{id}\""));
        page("1");
        let (one, two) = (write("tests/one.test.mjs", "1"), write("tests/two.test.mjs", "2"));
        let browser = write("browser", "x");
        write("tests/page.mjs", "helper");
        write("pictures/seven.png", "7");
        let passed = |again| {
            let place = |name: &str| base.path().join(name);
            let folders = [place("tests"), place("pictures")];
            Passed::new(base.path(), &folders, &place("dist"), std::slice::from_ref(&browser), again).unwrap()
        };
        let left = |again| passed(again).left(vec![one.clone(), two.clone()]).unwrap();
        let show = |path: &Path| path.display().to_string();
        assert_eq!(left(false), (vec![one.clone(), two.clone()], 0));
        write("passed-now", &format!("1 {}\n", show(&one)));
        passed(false).remember().unwrap();
        assert_eq!(left(false), (vec![two.clone()], 1));
        assert_eq!(left(true), (vec![one.clone(), two.clone()], 0));
        for (name, text, before) in [
            ("tests/one.test.mjs", "other", "1"),
            ("tests/page.mjs", "other", "helper"),
            ("pictures/seven.png", "8", "7"),
            ("browser", "another", "x"),
        ] {
            write(name, text);
            assert_eq!(left(false).1, 0, "{name}");
            write(name, before);
        }
        page("2");
        assert_eq!(left(false).1, 0);
    }
}
