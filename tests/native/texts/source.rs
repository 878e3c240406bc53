//! Texts in a source file: string literals outside comments and tests, each with what stands before and behind it.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A literal and where it stands.
pub struct Literal {
    /// File and line, for people.
    pub place: String,
    /// Its text.
    pub text: String,
    /// The code right before it, blanks at the end left out.
    pub before: String,
    /// The code right behind it, blanks at the beginning left out.
    pub behind: String,
}

/// How much code before and behind a literal is looked at.
const NEAR: usize = 48;

impl Literal {
    /// Whether it is the first argument of one of these functions.
    pub fn is_given_to(&self, functions: &[&str]) -> bool {
        functions.iter().any(|function| {
            let call = self.before.strip_suffix('(').and_then(|before| before.strip_suffix(function));
            call.is_some_and(|before| !before.ends_with(|last: char| last.is_alphanumeric() || "_.:".contains(last)))
        })
    }
}

/// A path from the checkout's root.
pub fn root(path: &str) -> PathBuf {
    crate::checkout::root().join(path)
}

/// The literals of all Rust files below a folder, files of tests left out.
pub fn below(folder: &str) -> Vec<Literal> {
    let mut files = Vec::new();
    collect(&root(folder), &mut files);
    files.sort();
    files.iter().flat_map(|file| of(file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "stories" {
            collect(&path, files);
        } else if name.ends_with(".rs") && !["tests.rs", "stories.rs", "fixture.rs"].contains(&name.as_str()) {
            files.push(path);
        }
    }
}

/// The literals of one file.
pub fn of(file: &Path) -> Vec<Literal> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let name = file.strip_prefix(crate::checkout::root()).unwrap_or(file).display().to_string();
    literals(code, &name)
}

/// The literals of Rust or JavaScript code.
pub fn literals(code: &str, name: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = code.get(at..).filter(|rest| !rest.is_empty()) {
        at += match rest.as_bytes()[0] {
            b'/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            b'r' if rest.starts_with("r#\"") => rest.find("\"#").map_or(rest.len(), |end| end + 2),
            // A character, not a lifetime: it is closed at once.
            b'\'' => closed(rest),
            b'"' => {
                let end = end(rest);
                found.push(literal(code, at, at + end, name));
                end
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    found
}

fn closed(rest: &str) -> usize {
    let escaped = usize::from(rest[1..].starts_with('\\'));
    let width = rest[1 + escaped..].chars().next().map_or(1, char::len_utf8);
    let end = 1 + escaped + width;
    if rest[end..].starts_with('\'') { end + 1 } else { 1 }
}

/// Where a literal at the beginning ends, quotes included.
fn end(rest: &str) -> usize {
    let mut at = 1;
    while at < rest.len() && rest.as_bytes()[at] != b'"' {
        at += 1 + usize::from(rest.as_bytes()[at] == b'\\');
    }
    at + 1
}

fn literal(code: &str, from: usize, to: usize, name: &str) -> Literal {
    let before = code[..from].trim_end();
    let behind = code[to..].trim_start();
    let start = before.char_indices().rev().nth(NEAR).map_or(0, |(at, _)| at);
    let stop = behind.char_indices().nth(NEAR).map_or(behind.len(), |(at, _)| at);
    Literal {
        place: format!("{name}:{}", code[..from].matches('\n').count() + 1),
        text: unescaped(&code[from + 1..to - 1]),
        before: before[start..].to_owned(),
        behind: behind[..stop].to_owned(),
    }
}

/// The escapes that texts have: quotes, ends of lines, a line that goes on in the next.
fn unescaped(raw: &str) -> String {
    let mut text = String::new();
    let mut rest = raw.chars();
    while let Some(next) = rest.next() {
        match next {
            '\\' => match rest.next() {
                Some('n') => text.push('\n'),
                Some('\n') => {
                    let left = rest.as_str().trim_start();
                    rest = left.chars();
                }
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}

#[test]
fn literals_are_found_where_they_are_code() {
    let code =
        "// \"no\"\nlet a: &'a str = '\"'; tr(\n  \"one \\\"1\\\" \\\n   more\")\nview! { <p>\"two\"</p> } r#\"raw\"#";
    let found = literals(code, "f");
    let texts: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, ["one \"1\" more", "two"]);
    assert!(found[0].is_given_to(&["tr"]) && !found[1].is_given_to(&["tr"]));
    assert_eq!((found[1].place.as_str(), found[1].behind.starts_with("</p>")), ("f:5", true));
}
