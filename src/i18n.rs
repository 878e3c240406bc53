//! The words of the page in the visitor's language.
//!
//! English stands in the code where it is read. [`tr`] gives the text of the language that `www/start.js` has loaded
//! from `static/texts/<language>.json`, a map from the English text, and the English one where there is none. What goes
//! into a sentence is put in by [`tr_with`], so that word order and plural are the sentence's own affair. How numbers are
//! written is the language's affair too: see [`number`].
//!
//! `tests/native/texts.rs` finds the English texts in the sources by these functions' names, and holds every language to
//! them.

pub mod number;

use foolproof_core::{catalog::Catalog, manifest::Manifest};
use std::fmt::Display;

/// The text in the visitor's language. Tables of static words are marked with [`tr_mark`] where they stand and
/// translated with this where they are shown.
#[inline(never)]
pub fn tr(english: &'static str) -> &'static str {
    catalogue::find(english)
}

/// A text that is translated where it is shown.
pub const fn tr_mark(english: &'static str) -> &'static str {
    english
}

/// The same for a text that is known only when the page runs: the engine's cards, the names of the shipped files.
pub fn tr_any(english: &str) -> String {
    catalogue::look(english).unwrap_or_else(|| english.to_owned())
}

/// The same for a sentence that was put together where no page is known: in an engine, or by a parser. It is recognised by
/// its form, and said anew with the same values.
pub fn tr_heard(sentence: &str) -> String {
    catalogue::hear(sentence)
}

/// What an engine can do, in the visitor's language. The page translates it where it comes in, for itself and for the lab.
pub fn catalog(mut catalog: Catalog) -> Catalog {
    for card in catalog
        .attacks
        .iter_mut()
        .chain(&mut catalog.methods)
        .chain(&mut catalog.defences)
        .chain(&mut catalog.detectors)
    {
        put(&mut card.name);
        put(&mut card.summary);
        for knob in &mut card.knobs {
            put(&mut knob.name);
            put(&mut knob.help);
        }
        card.presets.iter_mut().for_each(|preset| put(&mut preset.name));
    }
    catalog
}

/// The same for the names of models and classes, and for whom the data are owed to.
pub fn manifest(mut manifest: Manifest) -> Manifest {
    for dataset in &mut manifest.datasets {
        dataset.classes.iter_mut().for_each(put);
        put(&mut dataset.credit);
    }
    manifest.models.iter_mut().for_each(|model| put(&mut model.name));
    manifest
}

/// Puts the visitor's word in the place of the English one.
#[inline(never)]
fn put(text: &mut String) {
    *text = tr_any(text);
}

/// A sentence in the visitor's language with the values put in for `{0}`, `{1}` ... (up to `{9}`), numbers among them as
/// the language writes them.
#[inline(never)]
pub fn tr_with(template: &'static str, values: &[&dyn Display]) -> String {
    fill(tr(template), values)
}

fn fill(template: &str, values: &[&dyn Display]) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // One digit and the brace that closes it.
        let place = part.bytes().next().map_or(usize::MAX, |digit| usize::from(digit.wrapping_sub(b'0')));
        if let (Some(value), Some(rest)) = (values.get(place), part.get(2..)) {
            text.push_str(&number::said(value.to_string()));
            text.push_str(rest);
        }
    }
    text
}

#[cfg(target_arch = "wasm32")]
mod catalogue {
    use std::cell::RefCell;
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        /// The language's texts by the English ones, empty for English; `www/start.js` sets it before it starts a program.
        #[wasm_bindgen(thread_local_v2, js_name = foolproofTexts)]
        static TEXTS: js_sys::Map;

        /// A sentence by the text whose form it has.
        #[wasm_bindgen(js_name = foolproofHeard)]
        pub fn hear(sentence: &str) -> String;
    }

    thread_local! {
        /// What was asked for before. A text is found by where it lies: this is quicker than asking the browser, and each is
        /// made to live on only once.
        static FOUND: RefCell<Vec<(&'static str, &'static str)>> = const { RefCell::new(Vec::new()) };
    }

    pub fn look(english: &str) -> Option<String> {
        TEXTS.with(|texts| texts.get(&english.into()).as_string())
    }

    pub fn find(english: &'static str) -> &'static str {
        if TEXTS.with(js_sys::Map::size) == 0 {
            return english;
        }
        let known = |found: &Vec<(&'static str, &'static str)>| {
            found.iter().find(|(known, _)| std::ptr::eq(*known, english)).map(|(_, text)| *text)
        };
        FOUND.with(|found| known(&found.borrow())).unwrap_or_else(|| {
            let text: &'static str = look(english).map_or(english, |text| &*text.leak());
            FOUND.with(|found| found.borrow_mut().push((english, text)));
            text
        })
    }
}

/// Outside a browser everything is English.
#[cfg(not(target_arch = "wasm32"))]
mod catalogue {
    pub fn look(_: &str) -> Option<String> {
        None
    }

    pub fn hear(sentence: &str) -> String {
        sentence.to_owned()
    }

    pub fn find(english: &'static str) -> &'static str {
        english
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_where_the_sentence_wants_them() {
        assert_eq!(tr_with("{0} of {1} fell", &[&3, &"all"]), "3 of all fell");
        assert_eq!(fill("von {1} fielen {0} ({1})", &[&3, &16]), "von 16 fielen 3 (16)");
        assert_eq!(fill("nichts", &[&3]), "nichts");
        assert_eq!(fill("{0}", &[&"{1} ä"]), "{1} ä", "a value is no template");
    }

    #[test]
    fn a_broken_sentence_loses_its_value_and_nothing_else() {
        assert_eq!([fill("a {2} b", &[&1]), fill("a {", &[&1]), fill("{x} b", &[&1])], ["a ", "a ", ""]);
    }
}
