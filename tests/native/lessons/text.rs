//! The lessons as they lie on the disk, in every language, and the parts of their texts.

use foolproof::lessons::{
    claim::Claim,
    index,
    lesson::{Block, Inline, Lesson, Step},
    read,
};
use std::path::PathBuf;

/// The language that the others are translations of.
pub const ORIGINAL: &str = "en";

/// A file or folder that ships.
pub fn shipped(path: &str) -> PathBuf {
    crate::checkout::root().join("static").join(path)
}

/// The names in a folder that ships, in order; none if there is no such folder.
pub fn names(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(shipped(folder)).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Every language that there are lessons in.
pub fn languages() -> Vec<String> {
    names("lessons")
}

/// A file of the lessons in a language.
pub fn text(language: &str, file: &str) -> String {
    let path = shipped("lessons").join(language).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The ids of a language's lessons, in order.
pub fn ids(language: &str) -> Vec<String> {
    index::read(&text(language, "index.json")).unwrap_or_else(|wrong| panic!("{language}/index.json: {wrong}"))
}

/// The lessons in a language, in order.
pub fn lessons(language: &str) -> Vec<Lesson> {
    let lesson = |id: &String| {
        let text = text(language, &format!("{id}.md"));
        read::lesson(id, &text).unwrap_or_else(|wrong| panic!("{language}/{wrong}"))
    };
    ids(language).iter().map(lesson).collect()
}

/// The text for teachers in a language.
pub fn teachers(language: &str) -> Lesson {
    read::document("teachers", &text(language, "teachers.md")).unwrap_or_else(|wrong| panic!("{language}/{wrong}"))
}

/// What teachers read beside each lesson in a language, in the lessons' order.
pub fn notes(language: &str) -> Vec<Lesson> {
    let note = |id: &String| {
        let id = index::notes(id);
        read::document(&id, &text(language, &format!("{id}.md"))).unwrap_or_else(|wrong| panic!("{language}/{wrong}"))
    };
    ids(language).iter().map(note).collect()
}

/// Every run of text of a step: paragraphs, items, question, choices, feedback.
pub fn runs(step: &Step) -> Vec<&[Inline]> {
    let mut all: Vec<&[Inline]> = Vec::new();
    for block in &step.body {
        match block {
            Block::Paragraph(run) => all.push(run),
            Block::Try(runs) | Block::List(_, runs) => all.extend(runs.iter().map(Vec::as_slice)),
            Block::Code(_) => {}
        }
    }
    if let Some(question) = &step.question {
        all.push(&question.text);
        all.extend(question.choices.iter().flat_map(|choice| [&choice.text[..], &choice.feedback[..]]));
    }
    all
}

/// Everything in a run, what is inside other things too.
pub fn flat(run: &[Inline]) -> Vec<&Inline> {
    let mut all = Vec::new();
    for inline in run {
        all.push(inline);
        match inline {
            Inline::Strong(inner)
            | Inline::Emphasis(inner)
            | Inline::Web(_, inner)
            | Inline::Keys(_, inner)
            | Inline::Claim(_, inner) => all.extend(flat(inner)),
            Inline::Text(_) | Inline::Break | Inline::Code(_) => {}
        }
    }
    all
}

/// The claims of a step.
pub fn claims(step: &Step) -> Vec<&Claim> {
    let found = runs(step).into_iter().flat_map(flat);
    found.filter_map(|inline| if let Inline::Claim(claim, _) = inline { Some(&**claim) } else { None }).collect()
}

/// The keys that a step's links set.
pub fn links(step: &Step) -> Vec<&str> {
    let found = runs(step).into_iter().flat_map(flat);
    found.filter_map(|inline| if let Inline::Keys(keys, _) = inline { Some(keys.as_str()) } else { None }).collect()
}
