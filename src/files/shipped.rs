//! What has been loaded of the files that ship with the page, and how far the rest is.

use crate::i18n::tr_with;
use crate::{
    attack::plan::{self, Subject},
    link::{Input, Settings},
};
use foolproof_core::{
    catalog::Aim,
    idx,
    manifest::{Dataset, Manifest, Shard},
    protocol::{AttackJob, Fault, FaultKind, Inputs},
    values::Values,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A shard's samples.
#[derive(Debug, PartialEq)]
pub struct Samples {
    /// Index of the first one in the split.
    pub first: usize,
    /// Values of one input.
    pub size: usize,
    /// The inputs, one after the other.
    pub values: Values,
    /// Their classes.
    pub labels: Vec<u8>,
}

impl Samples {
    /// The samples of a shard from its two files, unpacked.
    ///
    /// # Errors
    /// A [`Fault`] if the files do not fit the manifest or each other.
    pub fn read(shard: &Shard, shape: [usize; 3], images: &[u8], labels: &[u8]) -> Result<Samples, Fault> {
        let images = idx::images(images)?;
        let labels = idx::labels(labels)?;
        let size: usize = shape.iter().product();
        if images.shape != shape || images.values.len() != shard.count * size || labels.len() != shard.count {
            let message = tr_with("{0} does not hold the {1} pictures it should.", &[&shard.images.path, &shard.count]);
            return Err(Fault::new(FaultKind::File, message));
        }
        Ok(Samples { first: shard.first, size, values: images.values, labels })
    }

    /// Number of samples.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// An input, values in [0, 1], and its class, by its index in the split.
    pub fn sample(&self, index: usize) -> Option<(Vec<f32>, u8)> {
        let at = index.checked_sub(self.first)?;
        Some((self.values.read(at * self.size..(at + 1) * self.size)?, *self.labels.get(at)?))
    }

    /// The inputs before this index of the split, as they are kept, and their classes.
    pub fn until(&self, index: usize) -> (Values, Vec<u8>) {
        let count = index.saturating_sub(self.first).min(self.count());
        (self.values.part(0..count * self.size).unwrap_or_default(), self.labels[..count].to_vec())
    }
}

/// Bytes of a file so far and in all.
pub type Progress = (u64, u64);

/// Everything loaded, being loaded, and failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shipped {
    /// The list of all files.
    pub manifest: Option<Arc<Manifest>>,
    /// Test shards by dataset and first index.
    pub tests: BTreeMap<(String, usize), Arc<Samples>>,
    /// Models whose weights the engines have.
    pub models: Vec<String>,
    /// Files under way.
    pub loading: BTreeMap<String, Progress>,
    /// Files that could not be had.
    pub failed: BTreeSet<String>,
}

impl Shipped {
    /// The dataset in the settings.
    pub fn dataset(&self, settings: &Settings) -> Option<&Dataset> {
        plan::dataset(settings, self.manifest.as_deref()?)
    }

    /// A test image and its class.
    pub fn test(&self, data: &str, index: usize) -> Option<(Vec<f32>, u8)> {
        let (_, samples) = self.tests.range((data.to_owned(), 0)..=(data.to_owned(), index)).next_back()?;
        samples.sample(index)
    }

    /// The input in the settings, once it is there.
    pub fn subject(&self, settings: &Settings) -> Option<Subject> {
        match &settings.input {
            Input::Draw(drawing) => Some(Subject { pixels: drawing.scaled().into(), label: None }),
            Input::Row(row) => {
                let pixels = self.dataset(settings)?.kind.read_row(row)?;
                Some(Subject { pixels: pixels.into(), label: None })
            }
            Input::Test(index) => {
                let (pixels, label) = self.test(&settings.data, *index)?;
                Some(Subject { pixels: pixels.into(), label: Some(label.into()) })
            }
        }
    }

    /// The job, beside its input the images of the first shard where its attack crafts one perturbation for all: these and
    /// no others, so that a link gives the same whatever else is loaded. `None` until they are there.
    pub fn accompany(&self, settings: &Settings, aim: Aim, mut job: AttackJob) -> Option<AttackJob> {
        if aim == Aim::Shared {
            let tests = self.tests.get(&(settings.data.clone(), 0))?;
            let (mut pixels, mut labels) = (Vec::new(), Vec::new());
            for (picture, label) in (0..tests.count()).filter_map(|at| tests.sample(tests.first + at)) {
                if labels.len() + 1 < job.attack.crafted() && picture != job.inputs.pixels {
                    pixels.extend(picture);
                    labels.push(label.into());
                }
            }
            let [_, channels, rows, columns] = job.inputs.shape;
            let shape = [labels.len(), channels, rows, columns];
            job.company = (shape[0] > 0).then_some(Inputs { shape, pixels, labels: Some(labels) });
        }
        Some(job)
    }

    /// The shard that holds a test image.
    pub fn shard_of(&self, settings: &Settings, index: usize) -> Option<Shard> {
        let shards = &self.dataset(settings)?.test;
        shards.iter().find(|shard| (shard.first..shard.first + shard.count).contains(&index)).cloned()
    }

    /// The next test image of a class (or of any) after an index, around the end, among those loaded.
    pub fn next_of(&self, data: &str, class: Option<u32>, after: usize) -> Option<usize> {
        let all = || {
            let shards = self.tests.iter().filter(|((id, _), _)| id == data).map(|(_, samples)| samples);
            shards.flat_map(|samples| samples.labels.iter().enumerate().map(|(at, label)| (samples.first + at, *label)))
        };
        let fits = |label: u8| class.is_none_or(|class| class == u32::from(label));
        let mut found = all().filter(|&(_, label)| fits(label)).map(|(index, _)| index);
        let later = found.find(|&index| index > after);
        later.or_else(|| all().find(|&(_, label)| fits(label)).map(|(index, _)| index))
    }

    /// Bytes of everything under way.
    pub fn progress(&self) -> Option<Progress> {
        let sum = |(done, total): Progress, part: &Progress| (done + part.0, total + part.1);
        (!self.loading.is_empty()).then(|| self.loading.values().fold((0, 0), sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::manifest;

    /// Pictures of one grey each, classes counting up.
    fn samples(shard: &Shard) -> Arc<Samples> {
        let pixels: Vec<u8> = (0..shard.count).flat_map(|at| vec![(shard.first + at) as u8; 784]).collect();
        let images = idx::write_images(&idx::Images { shape: [1, 28, 28], values: pixels.into() });
        let labels: Vec<u8> = (0..shard.count).map(|at| ((shard.first + at) % 10) as u8).collect();
        Arc::new(Samples::read(shard, [1, 28, 28], &images, &idx::write_labels(&labels)).unwrap())
    }

    fn shipped(shards: &[usize]) -> Shipped {
        let manifest = manifest();
        let tests = shards.iter().map(|&at| &manifest.datasets[0].test[at]);
        let tests = tests.map(|shard| (("mnist".to_owned(), shard.first), samples(shard))).collect();
        Shipped { manifest: Some(Arc::new(manifest)), tests, ..Shipped::default() }
    }

    #[test]
    fn a_perturbation_for_all_is_crafted_in_the_company_of_the_first_shard() {
        let settings = Settings::default();
        let job = |crafted: f64, grey: f32| {
            let mut job = crate::fixture::job(&["natural"]);
            job.attack.knobs.insert("crafted".into(), crafted);
            job.inputs.pixels = vec![grey; 784];
            job
        };
        let company = |crafted: f64, grey: f32, shards: &[usize]| {
            let joined = shipped(shards).accompany(&settings, Aim::Shared, job(crafted, grey))?;
            Some(joined.company.map(|others| (others.shape[0], others.labels.unwrap()[0])))
        };
        assert_eq!(company(50.0, 0.5, &[1]), None, "the first shard is not there yet");
        assert_eq!(company(50.0, 0.5, &[0, 1]), Some(Some((30, 0))));
        assert_eq!(company(10.0, 0.5, &[0]), Some(Some((9, 0))));
        assert_eq!(company(50.0, 0.0, &[0]), Some(Some((29, 1))), "the input itself is no company");
        assert_eq!(company(1.0, 0.5, &[0]), Some(None));
        let alone = job(50.0, 0.5);
        assert_eq!(shipped(&[]).accompany(&settings, Aim::Within, alone.clone()), Some(alone));
    }

    #[test]
    fn a_test_image_is_found_in_its_shard() {
        let shipped = shipped(&[0, 1]);
        let (pixels, label) = shipped.test("mnist", 42).unwrap();
        assert_eq!((pixels[0], label), (42.0 / 255.0, 2));
        assert!(shipped.test("mnist", 100).is_none() && shipped.test("fashion", 0).is_none());
        let (settings, _) = Settings::read("input=test:29");
        assert_eq!(shipped.subject(&settings).unwrap().label, Some(9));
        assert_eq!(shipped.shard_of(&settings, 30).unwrap().first, 30);
    }

    #[test]
    fn a_shard_that_is_not_loaded_gives_nothing() {
        let shipped = shipped(&[0]);
        assert!(shipped.test("mnist", 42).is_none());
        assert!(shipped.subject(&Settings::read("input=test:42").0).is_none());
    }

    #[test]
    fn the_next_of_a_class_goes_around() {
        let shipped = shipped(&[0, 1]);
        assert_eq!(shipped.next_of("mnist", Some(3), 3), Some(13));
        assert_eq!(shipped.next_of("mnist", Some(3), 93), Some(3));
        assert_eq!(shipped.next_of("mnist", None, 99), Some(0));
        assert_eq!(shipped.next_of("mnist", Some(11), 0), None);
    }

    #[test]
    fn files_that_do_not_fit_the_manifest_are_refused() {
        let shard = manifest().datasets[0].test[0].clone();
        let images = idx::write_images(&idx::Images { shape: [1, 28, 28], values: vec![0u8; 784 * 29].into() });
        let labels = idx::write_labels(&[0; 30]);
        assert!(Samples::read(&shard, [1, 28, 28], &images, &labels).unwrap_err().message.contains("30 pictures"));
    }
}
