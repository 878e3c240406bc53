//! Settings to the link's keys and back, each key on one line of one table.

use super::{
    Challenge, Input, Lesson, Mask, Remark, Settings, VERSION, Words, defence,
    fragment::keeps,
    value::{id, lesson, number, whole},
};
use crate::i18n::tr;
use foolproof_core::{catalog::Norm, defence::list_text, protocol::Target};
use std::collections::BTreeSet;

/// Longest value that is kept as text.
const LONGEST_TEXT: usize = 512;
/// Most names in a list.
const MOST_NAMES: usize = 64;
/// Controls and parts of the page that can be hidden or fixed, but for knobs of attacks and what the lab's own pages have.
/// `share/embed.rs` has what people call them, and HOSTING.md tells hosts.
const CONTROLS: &str = "input draw gallery upload mask defence bpda eot eps attack card norm target model beside steps step restarts seed presets \
                        undo details explain data engine theme lang share challenge lesson.steps lesson.pages lesson.answer \
                        lesson.controls";
/// Says what an open lesson's step uses. It is a part of the lesson, so it is taken when that is there.
const USES: &str = "lesson.uses";
/// Most remarks on one link.
const MOST_REMARKS: usize = 1024;
/// Most keys that are kept until it is known which of them mean something: more than one link has room for.
const MOST_KEPT: usize = 1 << 14;
/// Steps where neither the link nor a card says more: PGD's.
pub const USUAL_STEPS: u32 = 40;
/// Largest count of steps and restarts before the attack's own card is asked: the steps of Boundary's paper.
const MOST_STEPS: u32 = 25_000;
impl Settings {
    /// Every key that has a value, in the order of the contract. What defines the experiment is always written, so
    /// that a link keeps its meaning when a default changes.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let fixed = Settings::default();
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut put = |key: &str, value: String| pairs.push((key.to_owned(), value));
        put("v", VERSION.to_string());
        put("page", self.page.word().into());
        put("data", self.data.clone());
        self.model.iter().for_each(|model| put("model", model.clone()));
        put("input", self.input.text());
        put("attack", self.attack.clone());
        put("norm", self.norm.id().into());
        self.eps.iter().for_each(|eps| put("eps", eps.to_string()));
        put("step", self.step.map_or("auto".into(), |step| step.to_string()));
        self.steps.iter().for_each(|steps| put("steps", steps.to_string()));
        put("restarts", self.restarts.to_string());
        self.knobs.iter().for_each(|(key, value)| put(key, value.to_string()));
        put("target", said(&self.target, "none"));
        self.mask.iter().for_each(|mask| put("mask", mask.text()));
        if !self.defence.is_empty() {
            put("defence", list_text(&self.defence));
        }
        put("seed", self.seed.to_string());
        for (key, word, usual) in [
            ("engine", self.engine.word(), fixed.engine.word()),
            ("theme", self.theme.word(), fixed.theme.word()),
            ("lang", self.language.word(), fixed.language.word()),
        ] {
            if word != usual {
                put(key, word.into());
            }
        }
        if self.embed {
            put("embed", "1".into());
        }
        for (key, names) in [("hide", &self.hide), ("lock", &self.lock)] {
            if !names.is_empty() {
                put(key, listed(names));
            }
        }
        if let Some(Lesson { id, step, uses }) = &self.lesson {
            put("lesson", format!("{id}/{step}"));
            if !uses.is_empty() {
                put(USES, listed(uses));
            }
        }
        self.challenge.iter().for_each(|challenge| put("challenge", challenge.text()));
        self.extra.iter().for_each(|(key, value)| put(key, value.clone()));
        pairs
    }

    /// Takes these keys and keeps the others. A new dataset without a model brings its own.
    pub fn update(&mut self, pairs: Vec<(String, String)>) -> Vec<Remark> {
        let has = |wanted: &str| pairs.iter().any(|(key, _)| key == wanted);
        if has("data") && !has("model") {
            self.model = None;
        }
        // A mask is of one dataset's features.
        if has("data") && !has("mask") {
            self.mask = None;
        }
        self.norm_chosen.0 |= has("norm");
        let mut remarks = Vec::new();
        let (last, first): (Vec<_>, Vec<_>) = pairs.iter().partition(|(key, _)| key == USES);
        for (key, value) in first.into_iter().chain(last) {
            let Err(remark) = self.take(key, value) else { continue };
            // Unknown keys leave room to say what is wrong with known ones.
            let most = if matches!(remark, Remark::Ignored { .. }) { MOST_REMARKS / 2 } else { MOST_REMARKS };
            if remarks.len() < most && !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
        if has("challenge") && !has("input") {
            self.begin_challenge();
        }
        remarks
    }

    /// Takes back keys of a page that it does not know.
    pub fn forget(&mut self, keys: &[String]) {
        for key in keys {
            self.extra.remove(key);
        }
    }

    /// Puts back keys of a page that are not there, and were given.
    pub fn remember(&mut self, pairs: &[(String, String)]) {
        for (key, value) in pairs.iter().filter(|(key, value)| key.contains('.') && !value.is_empty()) {
            self.extra.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }

    /// Takes one key; an unusable value leaves what was there.
    fn take(&mut self, key: &str, given: &str) -> Result<(), Remark> {
        let value = given.trim();
        let refuse = |kept: String| Remark::clamped(key, value, kept);
        let named = id(value).map(str::to_owned);
        match key {
            "v" => (value == VERSION.to_string()).then_some(()).ok_or_else(|| refuse(VERSION.to_string())),
            "data" => set(&mut self.data, named).ok_or_else(|| refuse(self.data.clone())),
            "model" => {
                set(&mut self.model, named.map(Some)).ok_or_else(|| refuse(said(&self.model, tr("the default"))))
            }
            "input" => {
                set(&mut self.input, Input::read(value)).ok_or_else(|| refuse(tr("the picture that was there").into()))
            }
            "attack" => set(&mut self.attack, named).ok_or_else(|| refuse(self.attack.clone())),
            "norm" => set(&mut self.norm, Norm::from_id(value)).ok_or_else(|| refuse(self.norm.id().into())),
            "eps" => {
                let read = number(value);
                let usable = read.is_some_and(|eps| eps >= 0.0);
                set(&mut self.eps, read.map(|eps| Some(eps.max(0.0))));
                usable.then_some(()).ok_or_else(|| refuse(said(&self.eps, tr("the dataset's own"))))
            }
            "step" => {
                let step = number(value).filter(|&step| step > 0.0).map(Some);
                set(&mut self.step, step.or((value == "auto").then_some(None)))
                    .ok_or_else(|| refuse(said(&self.step, "auto")))
            }
            "steps" => count(self.steps.get_or_insert(USUAL_STEPS), value).map_err(refuse),
            "restarts" => count(&mut self.restarts, value).map_err(refuse),
            "target" => {
                let target = Target::from_word(value).map(Some);
                set(&mut self.target, target.or((value == "none").then_some(None)))
                    .ok_or_else(|| refuse(said(&self.target, "none")))
            }
            "mask" => {
                let mask = Mask::read(value).map(Some);
                let none = matches!(value, "none" | "").then_some(None);
                let kept = self.mask.as_ref().map_or("none", |_| tr("the mask that was there"));
                set(&mut self.mask, none.or(mask)).ok_or_else(|| refuse(kept.into()))
            }
            "defence" => defence::read(&mut self.defence, value).map_err(refuse),
            "bpda" | "eot" if value == "auto" => {
                self.knobs.remove(key);
                Ok(())
            }
            "bpda" | "eot" => self.take_knob(key, value),
            "seed" => set(&mut self.seed, value.parse().ok()).ok_or_else(|| refuse(self.seed.to_string())),
            _ => self.take_view(key, given),
        }
    }

    /// Takes a key that says how the page is shown.
    fn take_view(&mut self, key: &str, given: &str) -> Result<(), Remark> {
        let value = given.trim();
        let refuse = |kept: String| Remark::clamped(key, value, kept);
        match key {
            "page" => word(&mut self.page, value).map_err(refuse),
            "engine" => word(&mut self.engine, value).map_err(refuse),
            "theme" => word(&mut self.theme, value).map_err(refuse),
            "lang" => word(&mut self.language, value).map_err(refuse),
            "embed" => {
                let on = matches!(value, "1" | "true");
                let known = on || matches!(value, "0" | "false" | "");
                set(&mut self.embed, known.then_some(on)).ok_or_else(|| refuse(u8::from(self.embed).to_string()))
            }
            "hide" => names(&mut self.hide, value).map_err(refuse),
            "lock" => names(&mut self.lock, value).map_err(refuse),
            "challenge" => {
                let none = matches!(value, "none" | "");
                set(&mut self.challenge, Challenge::read(value).map(Some).or(none.then_some(None)))
                    .ok_or_else(|| refuse(self.challenge.map_or("none".into(), |challenge| challenge.text())))
            }
            "lesson" => {
                let none = matches!(value, "none" | "");
                set(&mut self.lesson, lesson(value).map(Some).or(none.then_some(None)))
                    .ok_or_else(|| refuse("none".into()))
            }
            USES => match &mut self.lesson {
                Some(lesson) => names(&mut lesson.uses, value).map_err(refuse),
                None => Err(refuse(tr("left out").into())),
            },
            _ => self.take_prefixed(key, given),
        }
    }

    /// Takes a key with an id before it: a page's, or an attack's.
    fn take_prefixed(&mut self, key: &str, value: &str) -> Result<(), Remark> {
        let short = key.chars().take(64).collect();
        let Some((prefix, rest)) = id(key)
            .filter(|key| keeps(key))
            .and_then(|key| key.split_once('.'))
            .filter(|(a, b)| !a.is_empty() && !b.is_empty())
        else {
            return Err(Remark::Ignored { key: short });
        };
        if matches!(prefix, "measure" | "train") {
            if value.len() > LONGEST_TEXT || rest.len() > 32 || self.extra.len() >= MOST_KEPT {
                return Err(Remark::clamped(key, value, tr("left out")));
            }
            // The Measure page knows an empty list, the Train page nothing that is empty.
            if prefix == "train" && value.is_empty() {
                self.extra.remove(key);
            } else {
                self.extra.insert(key.into(), value.into());
            }
            return Ok(());
        }
        self.take_knob(key, value)
    }

    fn take_knob(&mut self, key: &str, value: &str) -> Result<(), Remark> {
        let room = self.knobs.len() < MOST_KEPT || self.knobs.contains_key(key);
        let number = number(value).filter(|_| room).ok_or_else(|| Remark::clamped(key, value, tr("the default")))?;
        self.knobs.insert(key.into(), number);
        Ok(())
    }
}

/// Sets a value if there is one, and says whether.
fn set<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}

/// A value as a remark names it.
fn said<T: ToString>(value: &Option<T>, otherwise: &str) -> String {
    value.as_ref().map_or(otherwise.to_owned(), T::to_string)
}

/// Sets one of a closed set of words; the word that stays, if it is none.
fn word<W: Words>(place: &mut W, text: &str) -> Result<(), String> {
    *place = W::from_word(text).ok_or_else(|| place.word().to_owned())?;
    Ok(())
}

/// Sets a count, clamped; what it is now, if it was not a count in range.
fn count(place: &mut u32, text: &str) -> Result<(), String> {
    let read = whole(text, 1, MOST_STEPS);
    match read {
        Some(Ok(value) | Err(value)) => *place = value,
        None => return Err(place.to_string()),
    }
    read.is_some_and(|read| read.is_ok()).then_some(()).ok_or_else(|| place.to_string())
}

/// Whether a control may have this name. Whose knobs there are is not known here, nor what the lab has.
fn control(name: &str) -> bool {
    let lone = !name.contains('.') || name.starts_with("lesson.");
    id(name).is_some() && (!lone || CONTROLS.split_ascii_whitespace().any(|known| known == name))
}

/// A comma list of names.
fn listed(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(",")
}

/// Sets a comma list of control names; the names that were understood, if not all were.
fn names(place: &mut BTreeSet<String>, text: &str) -> Result<(), String> {
    let all: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    place.clear();
    place.extend(all.iter().filter(|name| control(name)).take(MOST_NAMES).map(|&name| name.to_owned()));
    if all.iter().all(|name| place.contains(*name)) {
        return Ok(());
    }
    Err(if place.is_empty() { tr("left out").to_owned() } else { listed(place) })
}
