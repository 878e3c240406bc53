//! What a challenge has come to: the radius at which a drawing falls, what both networks read there, and its sentences.

use super::{
    results::Run,
    words::{class, figure},
};
use crate::i18n::{tr, tr_with};
use crate::link::{Challenge, EnginePreference, Page, Settings, Theme};
use foolproof_core::{manifest::Model, protocol::Prediction};
use serde::{Deserialize, Serialize};

/// A drawing, or another input, at the radius where the first network falls, or at the largest one that it held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChallengeResult {
    /// The settings of the attack.
    pub settings: Settings,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Channels, rows, columns.
    pub shape: [usize; 3],
    /// The input.
    pub pixels: Vec<f32>,
    /// Its true class, if somebody knows it.
    pub truth: Option<u32>,
    /// The radius at which the first network falls; `None` if it held to the end.
    pub figure: Option<f64>,
    /// The largest radius tried.
    pub most: f64,
    /// What each network reads, the chosen one first.
    pub readings: Vec<Reading>,
}

/// What a network reads before and after the attack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The network's name.
    pub name: String,
    /// Whether it was trained against attacks.
    pub robust: bool,
    /// What it reads in the input.
    pub clean: Prediction,
    /// What it reads after the attack.
    pub attacked: Prediction,
    /// The attacked input.
    pub pixels: Vec<f32>,
}

impl Reading {
    /// Whether the attack has changed what it reads.
    pub fn has_fallen(&self) -> bool {
        self.attacked.label != self.clean.label
    }
}

/// Whose input it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The visitor's.
    Own,
    /// Somebody's who sent it.
    Friend,
    /// Nobody's that the sentence knows.
    This,
}

impl ChallengeResult {
    /// The result of an attack that is done, after a search for the smallest radius up to `most`.
    pub fn of(run: &Run, pair: &[Model], classes: Vec<String>, most: f32) -> Option<ChallengeResult> {
        let sample = |id: &str| run.outcomes.iter().find(|outcome| outcome.model == id)?.samples.first();
        let reading = |model: &Model| {
            let sample = sample(&model.id)?;
            Some(Reading {
                name: model.name.clone(),
                robust: model.robust,
                clean: sample.clean.clone(),
                attacked: sample.adversarial.clone(),
                pixels: sample.pixels.clone(),
            })
        };
        let first = pair.first()?;
        let (inputs, [_, channels, rows, columns]) = (&run.job.inputs, run.job.inputs.shape);
        let readings: Vec<Reading> = pair.iter().filter_map(reading).collect();
        // On the way it may have fallen before the place that the search has found.
        let figure = if sample(&first.id)?.success { Some(neat(run.job.attack.eps)) } else { None };
        Some(ChallengeResult {
            settings: run.settings.clone(),
            classes,
            shape: [channels, rows, columns],
            pixels: inputs.pixels.clone(),
            truth: inputs.labels.as_ref().and_then(|labels| labels.first().copied()),
            figure,
            most: neat(most),
            readings,
        })
    }

    /// What the first network reads in the input.
    pub fn label(&self) -> u32 {
        self.readings.first().map_or(0, |first| first.clean.label)
    }

    /// Whether it is as good as known what was drawn: every network reads the same in it, and nobody knows better.
    pub fn is_agreed(&self) -> bool {
        let label = self.label();
        self.truth.is_none_or(|truth| truth == label)
            && self.readings.iter().all(|reading| reading.clean.label == label)
    }

    /// The radius that somebody else has to get beyond.
    pub fn to_beat(&self) -> Challenge {
        Challenge::Beat { class: self.label(), eps: self.figure.unwrap_or(self.most) }
    }

    /// The class, for a sentence.
    pub fn class(&self, label: u32) -> String {
        class(label, &self.classes)
    }

    /// What has come of it: a sentence for the first network, and one for the second.
    pub fn sentences(&self, whose: Whose) -> Vec<String> {
        let Some(first) = self.readings.first() else { return Vec::new() };
        let seen = self.truth.unwrap_or(first.clean.label);
        let name = self.class(seen);
        let it = match whose {
            Whose::Own => tr_with("Your {0}", &[&name]),
            Whose::Friend => tr_with("Your friend’s {0}", &[&name]),
            Whose::This => tr_with("This {0}", &[&name]),
        };
        let (read, after) = (self.class(first.clean.label), self.class(first.attacked.label));
        let said = match self.figure {
            _ if first.clean.label != seen => tr_with("{0} is read as {1} before any attack.", &[&it, &read]),
            Some(at) if takes_an(&after) => tr_with("{0} becomes an {1} at epsilon {2}.", &[&it, &after, &figure(at)]),
            Some(at) => tr_with("{0} becomes a {1} at epsilon {2}.", &[&it, &after, &figure(at)]),
            None => tr_with("{0} held up to epsilon {1}, the largest tried.", &[&it, &figure(self.most)]),
        };
        let other = self.readings.get(1).map(|second| self.second(first, second, seen));
        std::iter::once(said).chain(other).collect()
    }

    /// What the second network makes of it.
    fn second(&self, first: &Reading, second: &Reading, seen: u32) -> String {
        let network = match second.robust {
            robust if robust == first.robust => second.name.as_str(),
            true => tr("The robust network"),
            false => tr("The natural network"),
        };
        match self.figure {
            _ if second.clean.label != seen => {
                tr_with("{0} reads {1} from the start.", &[&network, &self.class(second.clean.label)])
            }
            _ if !second.has_fallen() => tr_with("{0} still reads it.", &[&network]),
            Some(_) => tr_with("{0} falls as well.", &[&network]),
            None => tr_with("{0} falls before that.", &[&network]),
        }
    }

    /// How it compares with the figure to beat.
    pub fn compared(&self, wanted: u32, eps: f64) -> String {
        let (own, eps) = (self.figure.unwrap_or(self.most), round(eps));
        let (read, wanted, said) = (self.class(self.label()), self.class(wanted), figure(eps));
        match own {
            _ if read != wanted => tr_with("That does not count: it is read as {0}, not as {1}.", &[&read, &wanted]),
            _ if own > eps => tr_with("That is tougher than the {0} to beat!", &[&said]),
            _ if own < eps => tr_with("That is not as tough as the {0} to beat.", &[&said]),
            _ => tr_with("That is just as tough as the {0} to beat.", &[&said]),
        }
    }

    /// The link for somebody who is to see it, and to draw a tougher one.
    pub fn link(&self) -> String {
        let settings = Settings {
            page: Page::Attack,
            challenge: Some(Challenge::Friend),
            engine: EnginePreference::Auto,
            theme: Theme::Auto,
            embed: false,
            hide: Default::default(),
            lock: Default::default(),
            lesson: None,
            extra: Default::default(),
            ..self.settings.clone()
        };
        settings.fragment()
    }
}

/// A radius as the marks on the slider have it.
pub fn neat(eps: f32) -> f64 {
    round(eps.into())
}

fn round(eps: f64) -> f64 {
    (eps * 1e4).round() / 1e4
}

/// Whether an English word begins with a vowel's sound, as 8 does.
fn takes_an(word: &str) -> bool {
    word.starts_with(['8', 'a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U'])
}

#[cfg(test)]
mod tests;
