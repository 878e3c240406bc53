//! One key after another, each with its range; what cannot be taken is a remark.

use crate::i18n::tr;
use crate::{
    link::{Remark, Settings, number},
    train::sweep::{self, Sweep},
};
use foolproof_core::{
    catalog::{Card, Catalog},
    manifest::{Dataset, Manifest},
    protocol::Augment,
};
use serde::{Serialize, de::DeserializeOwned};

/// Most entries of a list.
const MOST: usize = 8;
/// Every key but those of knobs.
const OWN: [&str; 33] = [
    "sweep",
    "beside",
    "plane",
    "noise",
    "width",
    "from",
    "preset",
    "method",
    "margin",
    "memory",
    "round",
    "eps",
    "ratio",
    "epochs",
    "seconds",
    "images",
    "batch",
    "optimizer",
    "lr",
    "schedule",
    "ramp",
    "warm",
    "decay",
    "clip",
    "average",
    "smooth",
    "augment",
    "sources",
    "patience",
    "fall",
    "workers",
    "scored",
    "name",
];

/// The keys of one link.
pub struct Reader<'a> {
    settings: &'a Settings,
    /// What could not be taken.
    pub remarks: Vec<Remark>,
}

impl<'a> Reader<'a> {
    /// A reader of these settings' keys.
    pub fn new(settings: &'a Settings) -> Reader<'a> {
        Reader { settings, remarks: Vec::new() }
    }

    /// A key's text; nothing if it is missing or empty.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.settings.extra.get(key).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn refuse(&mut self, key: &str, given: &str, taken: impl ToString) {
        self.remarks.push(Remark::Clamped { key: key.into(), given: given.into(), taken: taken.to_string() });
    }

    /// One of a few words.
    pub fn word(&mut self, key: &str, words: &[&'static str], usual: &'static str) -> &'static str {
        let Some(text) = self.text(key) else { return usual };
        words.iter().find(|word| **word == text).copied().unwrap_or_else(|| {
            self.refuse(key, text, usual);
            usual
        })
    }

    /// One of the words that a type is written as.
    pub fn serde<T: Serialize + DeserializeOwned>(&mut self, key: &str, usual: T) -> T {
        let Some(text) = self.text(key) else { return usual };
        serde_json::from_value(serde_json::Value::String(text.into())).unwrap_or_else(|_| {
            let taken = serde_json::to_value(&usual).ok();
            self.refuse(key, text, taken.as_ref().and_then(|word| word.as_str()).unwrap_or(tr("the preset's own")));
            usual
        })
    }

    /// A number in a range.
    pub fn real(&mut self, key: &str, least: f64, most: f64, usual: f64) -> f64 {
        self.real_if_given(key, least, most).unwrap_or(usual)
    }

    /// The same, where there is no usual one.
    pub fn real_if_given(&mut self, key: &str, least: f64, most: f64) -> Option<f64> {
        let text = self.text(key)?;
        let fitted = number(text).map(|value| value.clamp(least, most));
        if fitted.is_none() || number(text) != fitted {
            self.refuse(key, text, fitted.map_or(tr("the preset's own").into(), |fitted| fitted.to_string()));
        }
        fitted
    }

    /// A whole number in a range.
    pub fn count(&mut self, key: &str, least: usize, most: usize, usual: usize) -> usize {
        self.count_if_given(key, least, most).unwrap_or(usual)
    }

    /// The same, where there is no usual one.
    pub fn count_if_given(&mut self, key: &str, least: usize, most: usize) -> Option<usize> {
        let text = self.text(key)?;
        // The cast saturates.
        let fitted = number(text).map(|value| (value.round() as usize).clamp(least, most));
        if fitted.is_none_or(|fitted| number(text) != Some(fitted as f64)) {
            self.refuse(key, text, fitted.map_or(tr("the preset's own").into(), |fitted| fitted.to_string()));
        }
        fitted
    }

    /// A number in a range, or `none`, which is 0.
    pub fn budget(&mut self, key: &str, least: f64, most: f64, usual: f64) -> f64 {
        if matches!(self.text(key), Some("none" | "0")) { 0.0 } else { self.real(key, least, most, usual) }
    }

    /// Several runs in place of one.
    pub fn sweep(&mut self, key: &str, catalog: &Catalog) -> Option<Sweep> {
        let text = self.text(key)?;
        let methods: Vec<&str> = catalog.defences.iter().map(|card| card.id.as_str()).collect();
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
        let find = |id: &str| catalog.defences.iter().find(|card| card.id == id);
        let own = find(usual).or_else(|| catalog.defences.first())?;
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
        for id in self.text(key).unwrap_or_default().split(',').map(str::trim).filter(|id| !id.is_empty()) {
            if !has(manifest, data, id) || found.len() >= MOST {
                self.refuse(key, id, tr("left out"));
            } else if !found.iter().any(|known| known == id) {
                found.push(id.into());
            }
        }
        if found.is_empty() { vec![data.natural.clone()] } else { found }
    }

    /// A list of augmentations; `none` for none.
    pub fn augment(&mut self, key: &str, usual: &[Augment]) -> Vec<Augment> {
        let Some(text) = self.text(key) else { return usual.to_vec() };
        let mut found = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty() && *entry != "none") {
            match augment(entry).filter(|_| found.len() < MOST) {
                Some(one) => found.push(one),
                None => self.refuse(key, entry, tr("left out")),
            }
        }
        found
    }

    /// Remarks on keys that nobody knows.
    pub fn strangers(&mut self, catalog: &Catalog) {
        let knobs: Vec<String> = catalog
            .defences
            .iter()
            .flat_map(|card| card.knobs.iter().map(|knob| super::link_key(card, &knob.key)))
            .collect();
        for key in self.settings.extra.keys() {
            let Some(rest) = key.strip_prefix("train.") else { continue };
            if !OWN.contains(&rest) && !knobs.contains(key) {
                self.remarks.push(Remark::Ignored { key: key.clone() });
            }
        }
    }
}

fn has(manifest: &Manifest, data: &Dataset, id: &str) -> bool {
    manifest.models.iter().any(|model| model.id == id && model.data == data.id)
}

/// An augmentation from its text, its magnitude within what pictures of a few pixels bear.
fn augment(text: &str) -> Option<Augment> {
    let (word, magnitude) = text.split_once(':')?;
    let magnitude = number(magnitude)?;
    let within = |most: f64| (0.0..=most).contains(&magnitude);
    let whole = magnitude.fract() == 0.0;
    match word {
        "shift" if whole && within(14.0) => Some(Augment::Shift(magnitude as u32)),
        "rotate" if within(180.0) => Some(Augment::Rotate(magnitude as f32)),
        "scale" if within(0.9) => Some(Augment::Scale(magnitude as f32)),
        "elastic" if within(8.0) => Some(Augment::Elastic(magnitude as f32)),
        "cutout" if whole && within(28.0) => Some(Augment::Cutout(magnitude as u32)),
        "mixup" if within(10.0) && magnitude > 0.0 => Some(Augment::Mixup(magnitude as f32)),
        _ => None,
    }
}
