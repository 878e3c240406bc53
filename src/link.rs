//! The state link: everything that defines an experiment, as the URL fragment and back.
//!
//! [`Settings::read`] takes any text whatever and gives settings that are whole: unknown keys are ignored, values out
//! of range clamped, and a [`Remark`] names each. What only the shipped files can tell (which models there are, how
//! many test images) is for [`check`](Settings::check), once they are loaded.

mod challenge;
mod check;
pub mod defence;
mod drawing;
mod fragment;
mod lesson;
mod mask;
mod pairs;
mod reader;
mod remark;
mod value;

pub use challenge::Challenge;
pub use check::{Facts, OWN, default_eps, largest_eps, link_key, nearest};
pub use drawing::Drawing;
pub use fragment::{bounded, join, split};
pub use lesson::Lesson;
pub use mask::Mask;
pub use pairs::USUAL_STEPS;
pub use reader::{Manner, Reader, entries};
pub use remark::Remark;
pub use value::{decimal, number};

use foolproof_core::{catalog::Norm, defence::DefenceSpec, protocol::Target};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Version of the link.
pub const VERSION: u32 = 1;

/// Everything that defines an experiment, and how the page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// `page`.
    pub page: Page,
    /// `data`: a dataset's id.
    pub data: String,
    /// `model`: a model's id; `None` for the dataset's natural one.
    pub model: Option<String>,
    /// `input`.
    pub input: Input,
    /// `attack`: an attack's id.
    pub attack: String,
    /// `norm`.
    pub norm: Norm,
    /// Whether a link chose the norm; until one does, it is the attack's first.
    pub norm_chosen: Chosen,
    /// `eps`: radius, pixels in [0, 1]; `None` for the dataset's own.
    pub eps: Option<f64>,
    /// `step`: step size, pixels in [0, 1]; `None` for `auto`.
    pub step: Option<f64>,
    /// `steps`: iterations; `None` until the attack's card says its own.
    pub steps: Option<u32>,
    /// `restarts`: random restarts.
    pub restarts: u32,
    /// Further knobs of attacks, by their key in the link: `cw.confidence`.
    pub knobs: BTreeMap<String, f64>,
    /// `target`: class to aim at, or how each input's is chosen.
    pub target: Option<Target>,
    /// `mask`: where an attack may change something; `None` for wherever the dataset lets it.
    pub mask: Option<Mask>,
    /// `defence`: what stands before the network or inside it, in the order in which an input meets it.
    pub defence: Vec<DefenceSpec>,
    /// `seed`.
    pub seed: u64,
    /// `engine`.
    pub engine: EnginePreference,
    /// `theme`.
    pub theme: Theme,
    /// `lang`.
    pub language: Language,
    /// `embed`: compact page without header and footer.
    pub embed: bool,
    /// `hide`: names of controls not to show.
    pub hide: BTreeSet<String>,
    /// `lock`: names of controls to show but not to let change.
    pub lock: BTreeSet<String>,
    /// `challenge`: whether a drawing is to be hard to fool.
    pub challenge: Option<Challenge>,
    /// `lesson`, with `lesson.uses`: id and step, and what the step uses.
    pub lesson: Option<Lesson>,
    /// Keys of the pages `measure` and `train`, kept as text for those pages.
    pub extra: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            page: Page::Attack,
            data: "mnist".into(),
            model: None,
            input: Input::Test(0),
            attack: "pgd".into(),
            norm: Norm::Linf,
            norm_chosen: Chosen(false),
            eps: None,
            step: None,
            steps: None,
            restarts: 1,
            knobs: BTreeMap::new(),
            target: None,
            mask: None,
            defence: Vec::new(),
            seed: 1,
            engine: EnginePreference::Auto,
            theme: Theme::Auto,
            language: Language::Auto,
            embed: false,
            hide: BTreeSet::new(),
            lock: BTreeSet::new(),
            challenge: None,
            lesson: None,
            extra: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// This experiment, shown as the page is now: colours, language, frame, hidden and locked controls are the
    /// visitor's (or the host's), and no lesson's or file's.
    pub fn seen_as(self, now: &Settings) -> Settings {
        Settings {
            theme: now.theme,
            language: now.language,
            embed: now.embed,
            hide: now.hide.clone(),
            lock: now.lock.clone(),
            ..self
        }
    }
}

/// Whether a value was chosen or is a default. No part of the experiment: settings are equal without it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Chosen(pub bool);

impl PartialEq for Chosen {
    fn eq(&self, _: &Chosen) -> bool {
        true
    }
}

/// What is attacked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// An index in the dataset's test split.
    Test(usize),
    /// The visitor's own pixels, as the model gets them.
    Draw(Drawing),
    /// The visitor's own row of a table, in the order and the units of its columns.
    Row(Vec<f32>),
}

/// A closed set of words in the link.
pub trait Words: Copy + PartialEq + 'static {
    /// Each value with its word.
    const ALL: &'static [(Self, &'static str)];

    /// The word.
    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(value, _)| *value == self).map_or("", |(_, word)| word)
    }

    /// The value of a word.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
    }
}

/// `page`: which page is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// One input under attack.
    Attack,
    /// Harden a model.
    Train,
    /// Judge models.
    Measure,
    /// Lessons.
    Learn,
}

impl Page {
    /// Whether it is a page of the lab.
    pub fn is_lab(self) -> bool {
        self != Page::Attack
    }

    /// What the lab does on this page.
    pub fn job(self) -> Option<Job> {
        match self {
            Page::Train => Some(Job::Train),
            Page::Measure => Some(Job::Evaluate),
            Page::Attack | Page::Learn => None,
        }
    }
}

/// What the lab does for a visitor or a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Job {
    /// Judge models.
    Evaluate,
    /// Harden a model.
    Train,
}

impl Words for Page {
    const ALL: &'static [(Page, &'static str)] =
        &[(Page::Attack, "attack"), (Page::Train, "train"), (Page::Measure, "measure"), (Page::Learn, "learn")];
}

/// `engine`: which engine the visitor wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnginePreference {
    /// The faster one.
    #[default]
    Auto,
    /// WebGPU, even where it is slower.
    Gpu,
    /// WebAssembly on the CPU.
    Cpu,
}

impl Words for EnginePreference {
    const ALL: &'static [(EnginePreference, &'static str)] =
        &[(EnginePreference::Auto, "auto"), (EnginePreference::Gpu, "gpu"), (EnginePreference::Cpu, "cpu")];
}

/// `theme`: colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// As the system has it.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Words for Theme {
    const ALL: &'static [(Theme, &'static str)] =
        &[(Theme::Auto, "auto"), (Theme::Light, "light"), (Theme::Dark, "dark")];
}

/// `lang`: the language of the page's texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// The first of the browser's that there is, or English.
    #[default]
    Auto,
    /// English.
    English,
    /// German.
    German,
}

impl Words for Language {
    const ALL: &'static [(Language, &'static str)] =
        &[(Language::Auto, "auto"), (Language::English, "en"), (Language::German, "de")];
}

impl Settings {
    /// Whether a control is to be shown.
    pub fn shows(&self, control: &str) -> bool {
        !self.hide.contains(control) && self.lesson.as_ref().is_none_or(|lesson| lesson.leaves(control))
    }

    /// Whether a control may be changed.
    pub fn lets(&self, control: &str) -> bool {
        !self.lock.contains(control)
    }
}

#[cfg(test)]
mod tests;

#[cfg(target_arch = "wasm32")]
pub(crate) mod address_bar;
