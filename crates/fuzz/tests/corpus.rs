//! Every input of the corpora again, without a fuzzer: those that once went wrong stay right.

use foolproof_fuzz::targets::{TARGETS, named};
use std::{fs, path::PathBuf, process::Command};

/// Largest input that is kept, which is the longest that fuzzing tries (`xtask/src/fuzz.rs`), and most of all together, bytes.
const LARGEST: usize = 8 << 10;
const MOST: usize = 200 << 10;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// Inputs of a target, by path.
fn inputs(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = corpus().join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn every_target_holds_on_its_corpus() {
    for target in &TARGETS {
        let inputs = inputs(target.name);
        assert!(inputs.len() > 2, "{} has next to no corpus", target.name);
        for (path, bytes) in inputs {
            // A target that goes wrong ends here, and this says by which input.
            println!("{}", path.display());
            target.run(&bytes);
        }
    }
}

#[test]
fn corpora_are_small_and_each_has_a_target() {
    let mut all = 0;
    for entry in fs::read_dir(corpus()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(named(&name).is_some(), "there is no target {name}");
        for (path, bytes) in inputs(&name) {
            assert!(bytes.len() <= LARGEST, "{} has {} bytes", path.display(), bytes.len());
            all += bytes.len();
        }
    }
    assert!(all <= MOST, "the corpora have {all} bytes");
}

#[test]
fn no_target_fails_on_nothing_at_all() {
    for target in &TARGETS {
        for bytes in [&b""[..], &[0], &[0xff; 40], b"{}", b"[]", b"PK\x03\x04"] {
            target.run(bytes);
        }
    }
}

/// The program ends where the limit is passed, so it is this one, started again.
#[test]
fn what_takes_too_much_memory_is_stopped() {
    const ASKED: &str = "FOOLPROOF_FUZZ_TAKES";
    let take = |bytes: usize| foolproof_fuzz::memory::within(1 << 20, || drop(vec![1u8; bytes]));
    if let Ok(bytes) = std::env::var(ASKED) {
        return take(bytes.parse().unwrap());
    }
    let own = std::env::current_exe().unwrap();
    let run = |bytes: usize| {
        let mut command = Command::new(&own);
        command.args(["--exact", "what_takes_too_much_memory_is_stopped"]).env(ASKED, bytes.to_string());
        command.output().unwrap()
    };
    assert!(run(1 << 19).status.success());
    let stopped = run(1 << 21);
    let told = String::from_utf8_lossy(&stopped.stderr);
    assert!(!stopped.status.success() && told.contains("too much memory: 2097152 more bytes"), "{told}");
    // Within, given back and taken again.
    (0..100).for_each(|_| take(1 << 19));
}
