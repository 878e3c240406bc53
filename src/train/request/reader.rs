//! Keys of a run that are no plain number or word: methods, models, augmentations and sweeps.

use crate::i18n::tr;
use crate::{
    link::{Manner, Reader, Settings, entries, number},
    train::sweep::{self, Sweep},
};
use foolproof_core::{
    catalog::{Card, Catalog},
    manifest::{Dataset, Manifest},
    protocol::Augment,
};

/// Most entries of a list.
const MOST: usize = 8;
/// Keys that one of the two kinds of run, or another page, asks for, or that are read after all others.
const ELSEWHERE: [&str; 5] = ["train.beside", "train.noise", "train.plane", "train.sweep", "train.width"];

/// A reader of these settings' keys.
pub fn reader(settings: &Settings) -> Reader<'_> {
    Reader::new(settings, Manner { prefix: "train.", usual: tr("the preset's own"), blank_is_none: true })
}

/// Remarks on keys that nobody knows. Knobs of methods that were not chosen wait for their method.
pub fn strangers(reader: &mut Reader, catalog: &Catalog) {
    let knobs = catalog.methods.iter().flat_map(|card| card.knobs.iter().map(|knob| super::link_key(card, &knob.key)));
    let knobs: Vec<String> = knobs.collect();
    reader.strangers(|key| ELSEWHERE.contains(&key) || knobs.iter().any(|knob| knob == key));
}

impl Reader<'_> {
    /// A number in a range, or `none`, which is 0.
    pub fn budget(&mut self, key: &str, least: f64, most: f64, usual: f64) -> f64 {
        if matches!(self.text(key), Some("none" | "0")) { 0.0 } else { self.real(key, least, most, usual) }
    }

    /// Several runs in place of one.
    pub fn sweep(&mut self, key: &str, catalog: &Catalog) -> Option<Sweep> {
        let text = self.text(key)?;
        let methods: Vec<&str> = catalog.methods.iter().map(|card| card.id.as_str()).collect();
        let read = sweep::read(text, &methods);
        if read.is_none() {
            self.refuse(key, text, "none");
        }
        let (sweep, refused) = read?;
        refused.iter().for_each(|entry| self.refuse(key, entry, tr("left out")));
        Some(sweep)
    }

    /// A training method's card.
    pub fn card<'b>(&mut self, key: &str, catalog: &'b Catalog, usual: &str) -> Option<&'b Card> {
        let find = |id: &str| catalog.methods.iter().find(|card| card.id == id);
        let own = find(usual).or_else(|| catalog.methods.first())?;
        let Some(text) = self.text(key) else { return Some(own) };
        find(text).or_else(|| {
            self.refuse(key, text, &own.id);
            Some(own)
        })
    }

    /// A model of the dataset, or one of these words.
    pub fn model(&mut self, key: &str, manifest: &Manifest, data: &Dataset, usual: &str, words: &[&str]) -> String {
        let Some(text) = self.text(key) else { return usual.into() };
        if words.contains(&text) || has(manifest, data, text) {
            return text.into();
        }
        self.refuse(key, text, usual);
        usual.into()
    }

    /// Models of the dataset; its natural one where the link names none.
    pub fn models(&mut self, key: &str, manifest: &Manifest, data: &Dataset) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for id in entries(self.text(key).unwrap_or_default()) {
            if !has(manifest, data, id) || found.len() >= MOST {
                self.refuse(key, id, tr("left out"));
            } else if !found.iter().any(|known| known == id) {
                found.push(id.into());
            }
        }
        let natural = Some(&data.natural).filter(|id| found.is_empty() && !id.is_empty());
        found.extend(natural.cloned());
        found
    }

    /// A list of augmentations for inputs of this `[channel, row, column]`; `none` for none.
    pub fn augment(&mut self, key: &str, usual: &[Augment], shape: [usize; 3]) -> Vec<Augment> {
        let Some(text) = self.text(key) else { return usual.iter().filter(|one| fits(one, shape)).copied().collect() };
        let mut found = Vec::new();
        for entry in entries(text).filter(|entry| *entry != "none") {
            match augment(entry).filter(|one| fits(one, shape) && found.len() < MOST) {
                Some(one) => found.push(one),
                None => self.refuse(key, entry, tr("left out")),
            }
        }
        found
    }
}

fn has(manifest: &Manifest, data: &Dataset, id: &str) -> bool {
    manifest.models.iter().any(|model| model.id == id && model.data == data.id)
}

/// Whether inputs of this shape can be changed so: rows have no places, and a picture no more pixels than its sides.
fn fits(augment: &Augment, [_, rows, columns]: [usize; 3]) -> bool {
    let side = rows.min(columns);
    match *augment {
        Augment::Mixup(_) => true,
        Augment::Shift(pixels) => side > 1 && 2 * pixels as usize <= side,
        Augment::Cutout(pixels) => side > 1 && pixels as usize <= side,
        Augment::Rotate(_) | Augment::Scale(_) | Augment::Elastic(_) => side > 1,
    }
}

/// An augmentation from its text, its magnitude within what pictures bear.
fn augment(text: &str) -> Option<Augment> {
    let (word, magnitude) = text.split_once(':')?;
    let magnitude = number(magnitude)?;
    let within = |most: f64| (0.0..=most).contains(&magnitude);
    let whole = magnitude.fract() == 0.0;
    match word {
        "shift" if whole && within(1e3) => Some(Augment::Shift(magnitude as u32)),
        "rotate" if within(180.0) => Some(Augment::Rotate(magnitude as f32)),
        "scale" if within(0.9) => Some(Augment::Scale(magnitude as f32)),
        "elastic" if within(8.0) => Some(Augment::Elastic(magnitude as f32)),
        "cutout" if whole && within(1e3) => Some(Augment::Cutout(magnitude as u32)),
        "mixup" if within(10.0) && magnitude > 0.0 => Some(Augment::Mixup(magnitude as f32)),
        _ => None,
    }
}
