//! The pictures of a run in memory, and the batches that its steps take from them.

use crate::augment::{self, PictureBatch};
use crate::random::Stream;
use crate::upload::floats;
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::Architecture;
use foolproof_core::protocol::{Fault, FaultKind, Recipe};
use foolproof_core::values::Values;

/// Most pixels kept: far above any data set that fits a tab, and below what would exhaust it.
const LARGEST: usize = 1 << 29;
/// First of the streams that order epochs; no sample has a number as large.
const ORDER: u64 = 1 << 42;
/// First of the streams that draw how the pictures of a batch are augmented.
const CHANGES: u64 = 1 << 43;

/// Pictures with their classes.
#[derive(Debug)]
pub struct Pictures {
    shape: [usize; 3],
    values: Values,
    labels: Vec<u8>,
}

impl Pictures {
    /// Takes pictures of this `[channel, row, column]`, with a class each.
    ///
    /// # Errors
    /// A [`Fault`] if there are none, the lists do not fit each other, or a value is not in [0, 1].
    pub fn new(shape: [usize; 3], values: Values, labels: Vec<u8>) -> Result<Pictures, Fault> {
        fits(shape, values.len(), labels.len())?;
        values.check()?;
        Ok(Pictures { shape, values, labels })
    }

    /// Takes more of the same shape.
    ///
    /// # Errors
    /// As [`Pictures::new`]; what was there stays as it was.
    pub fn add(&mut self, values: &Values, labels: &[u8]) -> Result<(), Fault> {
        fits(self.shape, values.len(), labels.len())?;
        fits(self.shape, self.values.len() + values.len(), self.labels.len() + labels.len())?;
        values.check()?;
        self.values.extend(values);
        self.labels.extend_from_slice(labels);
        Ok(())
    }

    /// How many there are; at least one.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// Whether a network can learn from them.
    ///
    /// # Errors
    /// A [`Fault`] if it takes other pictures, or does not know one of the classes.
    pub fn check(&self, architecture: &Architecture) -> Result<(), Fault> {
        if architecture.input != self.shape {
            let message = format!("The model takes {:?} and the pictures are {:?}.", architecture.input, self.shape);
            return Err(Fault::new(FaultKind::Input, message));
        }
        match self.labels.iter().find(|&&label| usize::from(label) >= architecture.classes) {
            None => Ok(()),
            Some(label) => {
                let message = format!("Class {label} does not exist; the model has {}.", architecture.classes);
                Err(Fault::new(FaultKind::Input, message))
            }
        }
    }
}

/// Whether so many pixels are so many pictures, and not too many.
fn fits(shape: [usize; 3], pixels: usize, labels: usize) -> Result<(), Fault> {
    let wrong = |why: String| Err(Fault::new(FaultKind::Input, why));
    match shape.iter().try_fold(labels, |all, &side| all.checked_mul(side)) {
        Some(0) => wrong("There are no pictures to train on.".into()),
        Some(all) if all > LARGEST => wrong(format!("{labels} pictures of {shape:?} are too many.")),
        Some(all) if all == pixels => Ok(()),
        _ => wrong(format!("{pixels} pixels are not {labels} pictures of {shape:?}.")),
    }
}

/// One batch on the device.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its number in the run, over all replicas.
    pub number: u64,
    /// Number of its first picture among all that the run has seen.
    pub first: u64,
    /// Which of the pictures they are.
    pub places: Vec<usize>,
    /// `[batch, channel, row, column]`, pixels in [0, 1].
    pub clean: Tensor<4>,
    /// `[batch, class]`, one-hot unless mixed.
    pub class: Tensor<2>,
    /// Whether labels may be mixed.
    pub soft: bool,
}

/// Hands out the batches of a run by their number: each epoch in an order of its own, a last incomplete batch left out.
pub struct Batches {
    seed: u64,
    batch: usize,
    classes: usize,
    changes: Vec<foolproof_core::protocol::Augment>,
    /// The epoch at hand and its order.
    order: Option<(u64, Vec<usize>)>,
}

impl Batches {
    /// The batches that a recipe takes of so many classes.
    pub fn new(recipe: &Recipe, classes: usize) -> Batches {
        let batch = recipe.batch.max(1) as usize;
        Batches { seed: recipe.seed, batch, classes, changes: recipe.augment.clone(), order: None }
    }

    /// Batch `number`, with its changes made. Fewer pictures than a batch make a smaller one.
    pub fn take(&mut self, pictures: &Pictures, number: u64, device: &Device) -> Batch {
        let batch = self.batch.min(pictures.count());
        let places = self.places(pictures.count(), batch, number);
        let size: usize = pictures.shape.iter().product();
        let mut pixels = Vec::with_capacity(batch * size);
        let mut labels = vec![0.0; batch * self.classes];
        for (row, &place) in labels.chunks_exact_mut(self.classes).zip(&places) {
            pixels.extend(pictures.values.read(place * size..(place + 1) * size).unwrap_or_default());
            row[usize::from(pictures.labels[place])] = 1.0;
        }
        if !self.changes.is_empty() {
            let shape = pictures.shape;
            let mut pictures = PictureBatch { shape, pixels: &mut pixels, classes: self.classes, labels: &mut labels };
            augment::apply(&self.changes, &mut pictures, &mut Stream::new(self.seed, CHANGES | number, 0));
        }
        let [channels, rows, columns] = pictures.shape;
        Batch {
            number,
            first: number * batch as u64,
            places,
            clean: floats(pixels, [batch, channels, rows, columns], device),
            class: floats(labels, [batch, self.classes], device),
            soft: augment::mixes(&self.changes),
        }
    }

    /// Which pictures a batch holds.
    fn places(&mut self, count: usize, batch: usize, number: u64) -> Vec<usize> {
        let each = (count / batch) as u64;
        let (epoch, place) = (number / each, (number % each) as usize * batch);
        if self.order.as_ref().is_none_or(|(at, order)| *at != epoch || order.len() != count) {
            self.order = Some((epoch, Stream::new(self.seed, ORDER | epoch, 0).permutation(count)));
        }
        let order = self.order.iter().flat_map(|(_, order)| &order[place..place + batch]);
        order.copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_holds_every_picture_once_and_the_next_one_in_another_order() {
        let mut batches = Batches { seed: 1, batch: 4, classes: 2, changes: Vec::new(), order: None };
        let mut epoch = |number: u64| -> Vec<usize> {
            (3 * number..3 * number + 3).flat_map(|number| batches.places(12, 4, number)).collect()
        };
        let (first, second) = (epoch(0), epoch(1));
        assert_ne!(first, second);
        assert_eq!(epoch(0), first);
        for mut order in [first, second] {
            order.sort_unstable();
            assert_eq!(order, (0..12).collect::<Vec<_>>());
        }
    }

    #[test]
    fn pictures_that_do_not_fit_their_labels_are_refused() {
        let told = |pixels: usize, labels: usize| {
            Pictures::new([1, 2, 2], vec![0u8; pixels].into(), vec![0; labels]).map_err(|fault| fault.message).err()
        };
        assert_eq!(told(8, 2), None);
        assert!(told(0, 0).is_some_and(|message| message.contains("no pictures")));
        assert!(told(7, 2).is_some_and(|message| message.contains("7 pixels")));
        assert!(Pictures::new([usize::MAX, 2, 2], Values::default(), vec![0]).is_err());
        let bytes = |bytes: &[u8]| Values::Bytes(bytes.to_vec());
        let mut pictures = Pictures::new([1, 1, 2], bytes(&[1, 2]), vec![0]).unwrap();
        assert!(pictures.add(&bytes(&[3]), &[1]).is_err() && pictures.add(&bytes(&[]), &[]).is_err());
        assert!(pictures.add(&Values::Floats(vec![0.5, f32::NAN]), &[1]).is_err());
        assert_eq!((pictures.add(&bytes(&[3, 4, 5, 6]), &[1, 0]).is_ok(), pictures.count()), (true, 3));
        assert_eq!((&pictures.values, &pictures.labels[..]), (&bytes(&[1, 2, 3, 4, 5, 6]), &[0, 1, 0][..]));
    }
}
