//! Every English text that the page shows, from the sources and from the tables that the programs draw it from.

use super::source::{self, Literal};
use foolproof::{
    controls::terms::{self, Term},
    evaluate::terms as measure,
    explain,
    i18n::number::PATTERN,
    link::{Page, Theme, Words},
    share::embed,
    train::request::{OPTIMIZERS, SCHEDULES},
};
use foolproof_core::{catalog::Card, plane::Figure, training};
use foolproof_engine::{attacks, defences, detectors, training_methods};
use std::{collections::BTreeSet, fs};

/// The functions that translate.
pub const TRANSLATE: [&str; 3] = ["tr", "tr_mark", "tr_with"];
/// The scripts that speak, and how they do.
const SCRIPTS: [&str; 3] = ["www/start.js", "www/drop.js", "www/offline.js"];

/// Where sentences are put together that `tr_heard` recognises, and parts of them that are none. What the importer says of
/// a graph's nodes and a pickle's bytes stays English in every language: it is for who made the file, and its words are
/// the format's own.
const HEARD: [&str; 43] = [
    "crates/core/src/bounds.rs",
    "crates/importer/src/guess/fit.rs",
    "crates/importer/src/import.rs",
    "crates/importer/src/names.rs",
    "crates/importer/src/onnx.rs",
    "crates/importer/src/onnx/entry.rs",
    "crates/importer/src/onnx/exit.rs",
    "crates/importer/src/pytorch.rs",
    "crates/importer/src/safetensors.rs",
    "crates/importer/src/safetensors/header.rs",
    "crates/importer/src/worker.rs",
    "crates/importer/src/wrong_file.rs",
    "crates/core/src/architecture.rs",
    "crates/core/src/architecture/shapes.rs",
    "crates/engine/src/drive/result.rs",
    "crates/engine/src/trainer.rs",
    "crates/engine/src/trainer/bounded_pass.rs",
    "crates/core/src/idx.rs",
    "crates/core/src/picture/photo.rs",
    "crates/core/src/protocol/wire.rs",
    "crates/core/src/report/audit.rs",
    "crates/core/src/report/audit/answers.rs",
    "crates/core/src/report/own_checks.rs",
    "crates/core/src/weights.rs",
    "crates/core/src/weights/batch_norm.rs",
    "crates/browser/src/adapter.rs",
    "crates/worker/src/alarm.rs",
    "crates/worker/src/gpu.rs",
    "crates/worker/src/inbox.rs",
    "crates/importer/src/dataset/archive.rs",
    "crates/importer/src/dataset/arrays.rs",
    "crates/importer/src/dataset/assemble.rs",
    "crates/importer/src/dataset/classes.rs",
    "crates/importer/src/dataset/files.rs",
    "crates/importer/src/dataset/folders.rs",
    "crates/importer/src/dataset/layout.rs",
    "crates/importer/src/dataset/literal.rs",
    "crates/importer/src/dataset/npy.rs",
    "crates/importer/src/dataset/picture.rs",
    "crates/importer/src/dataset/pictures.rs",
    "crates/importer/src/dataset/scale.rs",
    "crates/importer/src/dataset/table.rs",
    "crates/importer/src/worker/chosen.rs",
];
const UNSAID: [&str; 4] =
    ["device was lost", "no message", "The GPU device failed", "The GPU refused a part of the computation"];

/// What a line of Python has that makes the right file of a wrong one.
const PYTHON: &str = "save_file(";

/// All of them.
pub fn texts() -> BTreeSet<String> {
    let mut all: BTreeSet<String> =
        source::below("src").into_iter().filter(is_translated).map(|one| one.text).collect();
    for script in SCRIPTS {
        let said = source::of(&source::root(script)).into_iter().filter(|one| one.is_given_to(&["say"]));
        all.extend(said.map(|one| one.text));
    }
    all.extend(HEARD.into_iter().flat_map(heard));
    let words = |term: &Term| [term.name, term.sentence].map(str::to_owned);
    all.extend(terms::TERMS.iter().chain(&explain::TERMS).chain(&measure::TERMS).flat_map(words));
    let controls =
        Page::ALL.iter().flat_map(|(page, _)| embed::controls(*page, true)).map(|control| control.name.to_owned());
    all.extend(controls);
    let names = OPTIMIZERS.iter().map(|(_, _, name)| *name).chain(SCHEDULES.iter().map(|(_, _, name)| *name));
    let presets = training::presets().iter().flat_map(|preset| [preset.name, preset.summary]);
    let themes = Theme::ALL.iter().map(|(_, word)| *word);
    let figures = Figure::ALL.iter().map(|figure| figure.name());
    all.extend(names.chain(presets).chain(themes).chain(figures).map(str::to_owned));
    all.extend(
        attacks::cards()
            .iter()
            .chain(&training_methods::cards())
            .chain(&defences::cards())
            .chain(&detectors::cards())
            .flat_map(of_card),
    );
    all.extend(of_files());
    // Digits are written alike but for what stands between them; the order of values is not.
    all.retain(|text| text == PATTERN || text.chars().any(|one| one.is_alphabetic() || one == '{'));
    all
}

/// Whether a literal is translated where it stands, or marked for it.
pub fn is_translated(one: &Literal) -> bool {
    one.is_given_to(&TRANSLATE)
}

/// The sentences of a file and their parts, values numbered in their order.
fn heard(file: &str) -> Vec<String> {
    let is_word = |word: &str| {
        let bare = word.trim_end_matches(['.', ',', ':', ';']);
        bare.chars().count() > 1 && bare.chars().all(char::is_alphabetic)
    };
    let said = source::of(&source::root(file)).into_iter().filter(|one| !one.is_given_to(&["expect", "reason ="]));
    let words = said.filter(|one| one.text.split_whitespace().filter(|word| is_word(word)).count() > 1);
    let is_said = |text: &String| !UNSAID.contains(&text.as_str()) && !text.contains(PYTHON);
    words.map(|one| numbered(&one.text)).filter(is_said).collect()
}

/// A text with its values numbered in their order.
fn numbered(text: &str) -> String {
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(first, |all, (at, part)| {
        let rest = part.split_once('}').map_or("", |(_, rest)| rest);
        format!("{all}{{{at}}}{rest}")
    })
}

fn of_card(card: &Card) -> Vec<String> {
    let knobs = card.knobs.iter().flat_map(|knob| [&knob.name, &knob.help]);
    let presets = card.presets.iter().map(|preset| &preset.name);
    [&card.name, &card.summary].into_iter().chain(knobs).chain(presets).cloned().collect()
}

/// Names of classes and models, and whom the data are owed to.
fn of_files() -> Vec<String> {
    let text = fs::read_to_string(source::root("static/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let list = |key: &str| manifest[key].as_array().unwrap().clone();
    let classes = list("datasets").into_iter().flat_map(|dataset| dataset["classes"].as_array().unwrap().clone());
    let names = list("models").into_iter().map(|model| model["name"].clone());
    let credits = list("datasets").into_iter().map(|dataset| dataset["credit"].clone());
    classes.chain(names).chain(credits).map(|name| name.as_str().unwrap().to_owned()).collect()
}
