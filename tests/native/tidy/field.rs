//! Every kind of trouble that people in the field run into has a test that names it by its number.

use crate::checkout;
use std::{fs, path::Path};

/// Number of the last kind.
const KINDS: usize = 40;
/// Where tests are.
const TESTS: [&str; 4] = ["src", "crates", "tests/native", "tests/e2e"];

/// The lines of the files below that may name a kind: a comment that begins with one or has some in brackets, and a story.
fn said(folder: &Path, all: &mut String) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            said(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "mjs") {
            let text = fs::read_to_string(&path).unwrap();
            // Scores and types of numbers have such names too, but no sentence about a test begins with them.
            let names = |line: &&str| line.contains("story(") || line.contains("(F") || line.starts_with('F');
            let comments = text.lines().map(|line| line.trim_start().trim_start_matches(['/', '!', ' ']));
            comments.filter(names).for_each(|line| {
                all.push_str(line);
                all.push('\n');
            });
        }
    }
}

#[test]
fn every_kind_of_trouble_is_a_test_by_its_number() {
    let mut all = String::new();
    TESTS.iter().for_each(|folder| said(&checkout::root().join(folder), &mut all));
    let named = |kind: &usize| all.lines().any(|line| super::source::has_word(line, &format!("F{kind}")));
    let unnamed: Vec<usize> = (1..=KINDS).filter(|kind| !named(kind)).collect();
    assert!(unnamed.is_empty(), "no test names {unnamed:?}");
    assert!(!named(&(KINDS + 1)), "there are more kinds than this test knows");
}
