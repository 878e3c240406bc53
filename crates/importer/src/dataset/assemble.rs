//! Pictures with their classes become a dataset: one size and one number of channels for all, and the split.

use super::{OwnDataset, Samples, picture::Picture, skipped::Skipped, split};
use crate::bounds::brief;
use foolproof_core::importing::dataset::{CLASSES, DatasetRequest, FEWEST_ITEMS, MOST_ITEMS};

/// What was found in files.
#[derive(Debug, Default)]
pub struct Found {
    /// Name of each class.
    pub classes: Vec<String>,
    /// The items.
    pub items: Vec<Item>,
    /// What was left out.
    pub skipped: Skipped,
    /// What was taken otherwise than it stands there, one sentence each.
    pub notices: Vec<String>,
}

/// A picture with its class.
#[derive(Debug)]
pub struct Item {
    /// The picture, no side above the largest.
    pub picture: Picture,
    /// Its class.
    pub class: usize,
    /// Whether it is for the test, where the source says.
    pub test: Option<bool>,
}

/// What is said where there were more items than are taken.
pub fn thinned(count: usize) -> String {
    format!("Of {count} items {MOST_ITEMS} are taken, drawn by the seed.")
}

/// The dataset.
///
/// # Errors
/// A clause, if too few items or classes are left.
pub fn assemble(request: &DatasetRequest, mut found: Found) -> Result<OwnDataset, String> {
    drop_small_classes(&mut found);
    let Found { classes, mut items, skipped, mut notices } = found;
    if items.len() < FEWEST_ITEMS {
        let first = skipped.named.first().map(|(name, why)| format!("; the first that was left out is {name}: {why}"));
        return Err(format!(
            "{} items can be used, and at least {FEWEST_ITEMS} are needed{}",
            items.len(),
            first.unwrap_or_default()
        ));
    }
    if classes.len() < *CLASSES.start() {
        return Err(format!("only {} classes have two items or more", classes.len()));
    }
    if items.iter().all(|item| item.picture.is_grey()) {
        items.iter_mut().for_each(|item| take(&mut item.picture, Picture::grey));
    }
    one_size(&mut items, &mut notices);
    let shape = items.first().map_or([1; 3], |item| item.picture.shape);
    let labels: Vec<usize> = items.iter().map(|item| item.class).collect();
    let own: Vec<Option<bool>> = items.iter().map(|item| item.test).collect();
    let [train, test] = split::split(&labels, classes.len(), &own, request.seed).map(|places| samples(&items, &places));
    Ok(OwnDataset { name: request.name.clone(), classes, shape, train, test, skipped, notices })
}

fn take(place: &mut Picture, change: impl FnOnce(Picture) -> Picture) {
    let empty = Picture { shape: [0; 3], values: Vec::new() };
    *place = change(std::mem::replace(place, empty));
}

/// A class of one item can not be trained on and tested.
fn drop_small_classes(found: &mut Found) {
    let mut counts = vec![0usize; found.classes.len()];
    for item in &found.items {
        if let Some(count) = counts.get_mut(item.class) {
            *count += 1;
        }
    }
    let stays = |class: usize| counts.get(class).is_some_and(|&count| count >= split::FEWEST);
    let numbers: Vec<usize> =
        (0..counts.len()).map(|class| (0..class).filter(|&before| stays(before)).count()).collect();
    found.items.retain(|item| stays(item.class));
    found.items.iter_mut().for_each(|item| item.class = numbers.get(item.class).copied().unwrap_or_default());
    let names = std::mem::take(&mut found.classes);
    for (class, name) in names.into_iter().enumerate() {
        match counts.get(class) {
            Some(&count) if count < split::FEWEST => {
                let told =
                    format!("The class “{}” is left out: it has {count} items, and two are needed.", brief(&name));
                found.notices.push(told);
            }
            _ => found.classes.push(name),
        }
    }
}

/// Lays each picture into the middle of a square as large as the largest side of all.
fn one_size(items: &mut [Item], notices: &mut Vec<String>) {
    let sides = |item: &Item| [item.picture.shape[1], item.picture.shape[2]];
    let side = items.iter().flat_map(sides).max().unwrap_or_default();
    if items.iter().all(|item| sides(item) == [side; 2]) {
        return;
    }
    items.iter_mut().for_each(|item| item.picture = item.picture.centred(side, side));
    notices.push(format!("Not all are square and of one size: each lies in the middle of {side} x {side} pixels."));
}

fn samples(items: &[Item], places: &[usize]) -> Samples {
    let mut samples = Samples::default();
    for item in places.iter().filter_map(|&at| items.get(at)) {
        samples.images.extend_from_slice(&item.picture.values);
        // There are at most a hundred classes.
        samples.labels.push(item.class as u8);
    }
    samples
}
