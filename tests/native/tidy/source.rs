//! A source file as the tidy tests see it: its text, and its code without comments and tests.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file below the checkout's root.
pub struct Source {
    /// From the root, with slashes.
    pub path: String,
    /// Everything in it.
    pub text: String,
    /// What is compiled into the program: without comments, and without what follows `#[cfg(test)]` at the margin.
    /// Lines keep their numbers.
    pub code: String,
}

/// The Rust files at `path.rs` and below `path/`, sorted; none where there is neither.
pub fn below(path: &str) -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root().join(path), &mut files);
    let file = root().join(format!("{path}.rs"));
    if file.is_file() {
        files.push(file);
    }
    files.sort();
    files.iter().map(|file| Source::new(file)).collect()
}

fn root() -> PathBuf {
    crate::checkout::root()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() && path.file_name().is_none_or(|name| name != "node_modules") {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    /// The file at this path from the root; empty if there is none.
    pub fn read(path: &str) -> Source {
        Source::new(&root().join(path))
    }

    fn new(file: &Path) -> Source {
        let text = fs::read_to_string(file).unwrap_or_default();
        let path = file.strip_prefix(root()).unwrap_or(file).to_string_lossy().replace('\\', "/");
        // A file that is all tests is declared under `#[cfg(test)]` elsewhere.
        let is_test = path.ends_with("/tests.rs");
        let code = if is_test { String::new() } else { strip(&text) };
        Source { path, text, code }
    }

    /// The file's name without its ending.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.trim_end_matches(".rs")
    }

    /// Whether it lies deeper than the folder: a part of the method whose name its own folder has.
    pub fn is_part_of_another(&self, folder: &str) -> bool {
        self.path[folder.len() + 1..].contains('/')
    }

    /// `file:line: word` for every line whose code has the word.
    pub fn lines_with(&self, word: &str) -> Vec<String> {
        let lines = self.code.lines().enumerate().filter(|(_, line)| has_word(line, word));
        lines.map(|(at, _)| format!("{}:{}: {word}", self.path, at + 1)).collect()
    }

    /// `file: path` for every path in the code that is `root` or begins with it, groups in `use` taken apart.
    pub fn paths_below(&self, root: &str) -> Vec<String> {
        let inside = |path: &String| *path == root || path.starts_with(&format!("{root}::"));
        all_paths(&self.code).into_iter().filter(inside).map(|path| format!("{}: {path}", self.path)).collect()
    }
}

/// Whether the line has the word, not as a part of a longer one.
pub fn has_word(line: &str, word: &str) -> bool {
    let joins = |side: Option<char>| side.is_some_and(|side| side.is_alphanumeric() || side == '_');
    line.match_indices(word).any(|(at, _)| {
        let end = word.chars().next_back().is_some_and(|last| last.is_alphanumeric());
        let goes_on = end && joins(line[at + word.len()..].chars().next());
        !joins(line[..at].chars().next_back()) && !goes_on
    })
}

fn strip(text: &str) -> String {
    let code = text.lines().take_while(|line| *line != "#[cfg(test)]");
    code.map(without_comment).collect::<Vec<_>>().join("\n")
}

/// The line up to its comment. An address in a string has its slashes after a colon.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Every `a::b::c` in the code; `a::{b, c::{d, e}}` gives `a::b`, `a::c::d` and `a::c::e`.
fn all_paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    // What stands before the brace of each group we are in; `None` for a brace that is no group.
    let mut groups: Vec<Option<String>> = Vec::new();
    let mut path = String::new();
    for character in code.chars().chain(['\n']) {
        if character.is_alphanumeric() || matches!(character, '_' | ':') {
            path.push(character);
            continue;
        }
        let prefix = groups.last().cloned().flatten().unwrap_or_default();
        let whole = format!("{prefix}{}", std::mem::take(&mut path));
        match character {
            '{' if whole.ends_with("::") => groups.push(Some(whole)),
            '{' => groups.push(None),
            _ => {
                if whole.len() > prefix.len() {
                    found.push(whole.trim_end_matches(':').to_owned());
                }
                if character == '}' {
                    groups.pop();
                }
            }
        }
    }
    found
}

#[test]
fn a_word_is_whole() {
    assert!(has_word("use burn::Tensor;", "burn"));
    assert!(!has_word("let burned = sunburn;", "burn"));
    assert!(has_word("    panic!()", "panic!"));
}

#[test]
fn comments_and_tests_are_no_code() {
    let code = strip("let a = 1; // web_sys\nlet b = \"https://x\";\n#[cfg(test)]\nmod tests { use web_sys; }");
    assert_eq!(code, "let a = 1; \nlet b = \"https://x\";");
}

#[test]
fn groups_are_taken_apart() {
    let paths = all_paths("use crate::{\n  engine::{ball, loss::Loss},\n  protocol,\n};\nfn f() { std::fs::read(x) }");
    for path in ["crate::engine::ball", "crate::engine::loss::Loss", "crate::protocol", "std::fs::read"] {
        assert!(paths.iter().any(|found| found == path), "{path} is not in {paths:?}");
    }
}
