//! Every text of the page in every language: the languages' files have exactly the texts that the sources have, and no
//! visible text of the sources goes past them.
//!
//! `UPDATE_TEXTS=1 cargo test -p foolproof-tests --test native texts` brings the files into order: texts that are gone
//! leave them, new ones come in empty, to be filled.

mod english;
mod source;
mod words;

use english::{TRANSLATE, is_translated, texts};
use foolproof::link::{Language, Words};
use source::{Literal, root};
use std::{collections::BTreeMap, fs};
use words::{ALIKE, NAMES};

type Texts = BTreeMap<String, String>;

/// The languages beside English.
fn languages() -> Vec<&'static str> {
    Language::ALL.iter().map(|(_, word)| *word).filter(|word| !["auto", "en"].contains(word)).collect()
}

fn file(language: &str) -> std::path::PathBuf {
    root("static/texts").join(format!("{language}.json"))
}

fn read(language: &str) -> Texts {
    let text = fs::read_to_string(file(language)).unwrap_or_default();
    if text.is_empty() { Texts::new() } else { serde_json::from_str(&text).unwrap() }
}

/// One text a line, in the order of the English ones.
fn written(texts: &Texts) -> String {
    serde_json::to_string_pretty(texts).unwrap() + "\n"
}

fn check(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "\n{rule}\n  {}\n", offences.join("\n  "));
}

#[test]
fn every_language_has_every_text_and_no_other() {
    let mut wanted = texts();
    wanted.retain(|text| !NAMES.contains(&text.as_str()));
    for language in languages() {
        let known = read(language);
        if std::env::var_os("UPDATE_TEXTS").is_some() {
            let of = |text: &String| (text.clone(), known.get(text).cloned().unwrap_or_default());
            fs::write(file(language), written(&wanted.iter().map(of).collect())).unwrap();
            continue;
        }
        let missing = wanted.iter().filter(|text| known.get(*text).is_none_or(String::is_empty));
        let missing = missing.map(|text| format!("{language} lacks {text:?}"));
        let stale =
            known.keys().filter(|text| !wanted.contains(*text)).map(|text| format!("{language}: {text:?} is gone"));
        check("A language has exactly the texts of the sources.", missing.chain(stale).collect());
        let file = fs::read_to_string(file(language)).unwrap();
        assert_eq!(file, written(&known), "{language}.json is not in order; see the top of tests/native/texts.rs");
    }
}

#[test]
fn a_translation_says_something_else_with_the_same_values() {
    for language in languages() {
        let mut offences = Vec::new();
        for (english, text) in &read(language) {
            if english == text && !ALIKE.contains(&english.as_str()) {
                offences.push(format!("{english:?} is English"));
            }
            if places(english) != places(text) {
                offences.push(format!("{english:?} and {text:?} have other places"));
            }
            let edges = |text: &str| (text.starts_with(' '), text.ends_with(' '));
            if edges(english) != edges(text) {
                offences.push(format!("{english:?} and {text:?} begin or end otherwise"));
            }
        }
        check("A translation is one, and keeps values and blanks at its ends.", offences);
    }
    let stale = NAMES.iter().chain(&ALIKE).filter(|text| !texts().contains(**text)).map(|text| text.to_string());
    check("The words that stay as they are are texts.", stale.collect());
}

/// The places of values, sorted, each once.
fn places(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text.match_indices('{').map(|(at, _)| &text[at..text.len().min(at + 3)]).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The page's own net speaks before any file is there, so it brings its words in every language.
#[test]
fn the_net_below_the_page_has_its_words_in_every_language() {
    let script = fs::read_to_string(root("www/boot.js")).unwrap();
    let words = script.split("var WORDS = {").nth(1).and_then(|rest| rest.split("\n  };").next()).unwrap();
    for language in languages() {
        let own = words.split(&format!("{language}: {{")).nth(1).and_then(|rest| rest.split("\n    }").next()).unwrap();
        let pairs = source::literals(own, "boot.js");
        assert!(pairs.len() > 10 && pairs.len().is_multiple_of(2));
        for pair in pairs.chunks(2) {
            assert!(pair[0].behind.starts_with(':') && pair[0].text != pair[1].text, "{}", pair[0].text);
            // Its sentences may be put together from two lines.
            let begun: String = pair[0].text.chars().take(40).collect();
            assert!(script.matches(&begun).count() > 1 || page().contains(&begun), "{begun} is said nowhere");
            if let Some(same) = read(language).get(&pair[0].text) {
                assert_eq!(*same, pair[1].text);
            }
        }
    }
}

fn page() -> String {
    fs::read_to_string(root("www/index.html")).unwrap() + &fs::read_to_string(root("www/start.js")).unwrap()
}

#[test]
fn no_visible_text_goes_past_the_translations() {
    let shown = source::below("src").into_iter().filter(|one| !words::is_excepted(&one.place));
    let past = shown.filter(|one| !is_translated(one) && (is_shown(one) || is_sentence(one)));
    let past = past.filter(|one| !words::AS_THEY_ARE.contains(&one.text.as_str()));
    let told = past.map(|one| format!("{}: {:?} is given to none of {TRANSLATE:?}", one.place, one.text));
    check("A visible text is translated.", told.collect());
}

/// Whether it is a child of an element, or an attribute that people see or hear.
fn is_shown(one: &Literal) -> bool {
    let attribute = ["aria-label=", "title=", "label=", "alt=", "placeholder=", "word=", "caption="];
    let opened = one.before.ends_with('>') && !one.before.ends_with("=>") && !one.before.ends_with("->");
    let child = (opened || one.before.ends_with("/> }")) && one.behind.starts_with('<');
    let letters = one.text.chars().filter(|letter| letter.is_alphabetic()).count();
    letters > 1 && (child || attribute.iter().any(|attribute| one.before.ends_with(attribute)))
}

/// Whether it reads as a sentence or a label: words that begin with a capital or end with a stop.
fn is_sentence(one: &Literal) -> bool {
    let is_word = |word: &&str| {
        let bare = word.trim_matches(|letter: char| letter.is_ascii_punctuation());
        !word.contains('{') && bare.chars().count() > 1 && bare.chars().all(char::is_alphabetic)
    };
    let capital = one.text.trim_start().starts_with(char::is_uppercase);
    one.text.split_whitespace().filter(is_word).count() > 1 && (capital || one.text.ends_with(['.', ':', '?']))
}
