//! Checks settings against the shipped files and the engine's catalog.

use super::{Challenge, Input, Mask, Page, Remark, Settings, USUAL_STEPS, challenge::blank};
use crate::i18n::{tr, tr_with};
use foolproof_core::{
    catalog::{Card, Catalog, Knob, KnobKind, Norm},
    manifest::{Dataset, Manifest},
    protocol::Target,
};

/// What the ids of models and datasets begin with that are kept in the visitor's browser.
pub const OWN: &str = "mine:";

/// What is known when settings are checked.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The shipped datasets and models.
    pub manifest: &'a Manifest,
    /// What the engine can do, once one is up.
    pub catalog: Option<&'a Catalog>,
    /// Whether the models and datasets kept in this browser are among the manifest's by now.
    pub own: bool,
}

/// The largest radius that means anything for pixels in [0, 1]: from a black input to a white one.
pub fn largest_eps(norm: Norm, pixels: usize) -> f64 {
    match norm {
        Norm::Linf => 1.0,
        Norm::L2 => (pixels as f64).sqrt(),
        Norm::L1 => pixels as f64,
    }
}

/// The radius to start with: the dataset's own for L∞, and for the other norms in the proportion in which Maini,
/// Wong and Kolter (2020, “Adversarial Robustness Against the Union of Multiple Perturbation Models”) set them on
/// MNIST: L∞ 0.3, L2 2.0, L1 10.
pub fn default_eps(dataset: &Dataset, norm: Norm) -> f64 {
    let own = crate::attack::scale::widen(dataset.eps);
    let scaled = match norm {
        Norm::Linf => own,
        Norm::L2 => own / 0.3 * 2.0,
        Norm::L1 => own / 0.3 * 10.0,
    };
    (scaled * 1e4).round() / 1e4
}

impl Settings {
    /// Puts right what does not exist, fills in the dataset's own model and radius, and says what it changed.
    pub fn check(&mut self, facts: Facts) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let Some(dataset) = self.check_data(facts, &mut remarks) else {
            return remarks;
        };
        self.check_model(facts, dataset, &mut remarks);
        self.check_challenge(dataset, &mut remarks);
        self.check_input(dataset, &mut remarks);
        self.check_mask(dataset, &mut remarks);
        if let Some(catalog) = facts.catalog {
            self.check_defence(catalog, dataset, &mut remarks);
            self.check_attack(catalog, dataset, &mut remarks);
            self.check_knobs(catalog, &mut remarks);
        }
        let most = largest_eps(self.norm, dataset.shape.iter().product());
        let eps = self.eps.unwrap_or_else(|| default_eps(dataset, self.norm));
        if eps > most {
            remarks.push(Remark::clamped("eps", &eps.to_string(), most));
        }
        self.eps = Some(eps.min(most));
        let strange = |target: &mut Target| target.class().is_some_and(|class| class as usize >= dataset.classes.len());
        if let Some(target) = self.target.take_if(strange) {
            remarks.push(Remark::clamped("target", &target.to_string(), "none"));
        }
        remarks
    }

    /// Nothing where it is not known yet whether this browser keeps the data.
    fn check_data<'a>(&mut self, facts: Facts<'a>, remarks: &mut Vec<Remark>) -> Option<&'a Dataset> {
        let found = facts.manifest.datasets.iter().find(|dataset| dataset.id == self.data);
        if found.is_none() && !facts.own && self.data.starts_with(OWN) {
            return None;
        }
        found.or_else(|| {
            let first = facts.manifest.datasets.first()?;
            remarks.push(Remark::clamped("data", &self.data, &first.id));
            self.data.clone_from(&first.id);
            Some(first)
        })
    }

    fn check_model(&mut self, facts: Facts, dataset: &Dataset, remarks: &mut Vec<Remark>) {
        let listed = |id: &String| facts.manifest.models.iter().any(|one| one.id == *id && one.data == dataset.id);
        let exists = |id: &String| listed(id) || (!facts.own && id.starts_with(OWN));
        // An own dataset may have none yet.
        let usual = Some(&dataset.natural).filter(|id| !id.is_empty());
        if let Some(unknown) = self.model.take_if(|id| !exists(id)) {
            remarks.push(Remark::clamped("model", &unknown, usual.map_or(tr("none"), String::as_str)));
        }
        self.model = self.model.take().or_else(|| usual.cloned());
    }

    /// Only a picture can be drawn, of a class that there is; an empty pad has the dataset's own size.
    fn check_challenge(&mut self, dataset: &Dataset, remarks: &mut Vec<Remark>) {
        let strange = |challenge: &mut Challenge| {
            let class = if let Challenge::Beat { class, .. } = challenge { *class as usize } else { 0 };
            !dataset.kind.is_picture() || class >= dataset.classes.len().max(1)
        };
        if let Some(challenge) = self.challenge.take_if(strange) {
            remarks.push(Remark::clamped("challenge", &challenge.text(), "none"));
        }
        let empty =
            |input: &Input| matches!(input, Input::Draw(drawing) if drawing.pixels().iter().all(|&ink| ink == 0));
        if self.challenge.is_some() && empty(&self.input) {
            self.input = blank(dataset.shape.iter().product());
        }
    }

    fn check_input(&mut self, dataset: &Dataset, remarks: &mut Vec<Remark>) {
        let count: usize = dataset.test.iter().map(|shard| shard.count).sum();
        let last = Input::Test(count.saturating_sub(1));
        let (given, taken) = match &self.input {
            Input::Test(index) if *index >= count.max(1) => (self.input.text(), last),
            Input::Draw(drawing)
                if !dataset.kind.is_picture() || drawing.pixels().len() != dataset.shape.iter().product::<usize>() =>
            {
                (tr_with("a drawing of {0} pixels", &[&drawing.pixels().len()]), Input::Test(0))
            }
            Input::Row(row) => match dataset.kind.nearest_row(row) {
                None => (tr_with("a row of {0} values", &[&row.len()]), Input::Test(0)),
                Some(row) => (self.input.text(), Input::Row(row)),
            },
            _ => return,
        };
        if taken != self.input {
            remarks.push(Remark::clamped("input", &given, taken.text()));
            self.input = taken;
        }
    }

    /// A mask that does not fit the inputs, or under which nothing could move, is none.
    fn check_mask(&mut self, dataset: &Dataset, remarks: &mut Vec<Remark>) {
        let idle = |mask: &mut Mask| mask.limits(dataset).is_none_or(|limits| limits.iter().all(|&limit| limit == 0.0));
        if let Some(mask) = self.mask.take_if(idle) {
            let given = match mask {
                Mask::Draw(drawing) => tr_with("a drawing of {0} pixels", &[&drawing.pixels().len()]),
                Mask::Columns(names) => names.join(","),
            };
            remarks.push(Remark::clamped("mask", &given, "none"));
        }
    }

    fn check_attack(&mut self, catalog: &Catalog, dataset: &Dataset, remarks: &mut Vec<Remark>) {
        let cards = catalog.attacks.iter().filter(|card| card.takes(dataset.shape));
        let find = |id: &str| cards.clone().find(|card| card.id == id);
        let usual = || find("pgd").or_else(|| cards.clone().next());
        let Some(card) = find(&self.attack).or_else(|| {
            let card = usual()?;
            remarks.push(Remark::clamped("attack", &self.attack, &card.id));
            self.attack.clone_from(&card.id);
            Some(card)
        }) else {
            return;
        };
        if let Some(&first) = card.norms.first().filter(|_| !card.norms.contains(&self.norm)) {
            // A default that gives way to another one is no news.
            if self.norm_chosen.0 {
                remarks.push(Remark::clamped("norm", self.norm.id(), first.id()));
            }
            self.norm = first;
        }
        self.norm_chosen.0 = true;
        // An evaluation has attacks of its own, which take a mode if they can.
        let measured = self.page == Page::Measure;
        let idle = |target: &mut Target| !card.targeted && card.id != "none" && !(measured && target.class().is_none());
        if let Some(target) = self.target.take_if(idle) {
            remarks.push(Remark::clamped("target", &target.to_string(), "none"));
        }
        self.check_common(card, remarks);
    }

    /// The three knobs that have keys of their own.
    fn check_common(&mut self, card: &Card, remarks: &mut Vec<Remark>) {
        for knob in &card.knobs {
            let place = match knob.key.as_str() {
                "steps" => self.steps.get_or_insert(knob.default.map_or(USUAL_STEPS, |steps| steps as u32)),
                "restarts" => &mut self.restarts,
                "step" => {
                    if let Some(step) = self.step.as_mut() {
                        fit("step", knob, step, remarks);
                    }
                    continue;
                }
                _ => continue,
            };
            let mut value = f64::from(*place);
            fit(&knob.key, knob, &mut value, remarks);
            *place = value as u32;
        }
    }

    fn check_knobs(&mut self, catalog: &Catalog, remarks: &mut Vec<Remark>) {
        let pairs = || catalog.attacks.iter().flat_map(|card| card.knobs.iter().map(move |knob| (card, knob)));
        let used = self.lesson.as_mut().map(|lesson| ("lesson.uses", &mut lesson.uses));
        for (list, names) in [("hide", &mut self.hide), ("lock", &mut self.lock)].into_iter().chain(used) {
            // Names without a dot are known where a link is read, and those of the lab's pages there.
            let known = |name: &str| {
                let before = name.split('.').next().unwrap_or_default();
                before == name
                    || matches!(before, "measure" | "train" | "lesson")
                    || pairs().any(|(card, knob)| link_key(card, knob) == name)
            };
            names.retain(|name| {
                let known = known(name);
                if !known {
                    remarks.push(Remark::clamped(list, name, tr("left out")));
                }
                known
            });
        }
        self.knobs.retain(|key, value| match pairs().find(|(card, knob)| link_key(card, knob) == *key) {
            Some((_, knob)) => {
                fit(key, knob, value, remarks);
                true
            }
            None => {
                remarks.push(Remark::Ignored { key: key.clone() });
                false
            }
        });
    }
}

/// A knob's key in the link: those that attacks have in common as they are, any other with its card's id before it.
pub fn link_key(card: &Card, knob: &Knob) -> String {
    match knob.key.as_str() {
        key @ ("step" | "steps" | "restarts" | "bpda" | "eot") => key.to_owned(),
        key => format!("{}.{key}", card.id),
    }
}

/// A knob's nearest value to a finite one.
pub fn nearest(knob: &Knob, value: f64) -> f64 {
    let rounded = match knob.kind {
        KnobKind::Real => value,
        KnobKind::Integer | KnobKind::Toggle => value.round(),
    };
    rounded.max(knob.min).min(knob.max)
}

/// Moves a value into a knob's range.
fn fit(key: &str, knob: &Knob, value: &mut f64, remarks: &mut Vec<Remark>) {
    let fitted = nearest(knob, *value);
    if fitted != *value {
        remarks.push(Remark::clamped(key, &value.to_string(), fitted));
        *value = fitted;
    }
}

#[cfg(test)]
mod tests;
