//! Arrays of NumPy as pictures with their classes: which array is what, by its name and shape.

use super::{
    Hands,
    assemble::{self, Found, Item},
    classes::{Classes, JOINED, Part},
    files::{File, Files},
    layout::Layout,
    npy::Array,
    picture::{Picture, over_white},
    scale::Scale,
    split,
};
use crate::bounds::brief;
use foolproof_core::importing::dataset::{CLASSES, LARGEST_SIDE, LONGEST_ARCHIVE, MOST_ITEMS};

/// Most items of an array; of more than are taken some are drawn.
const MOST_LISTED: usize = 1_000_000;
/// Words in the names of arrays of pictures, and of arrays of classes.
const IMAGES: [&str; 6] = ["x", "image", "images", "data", "pictures", "inputs"];
const LABELS: [&str; 7] = ["y", "label", "labels", "target", "targets", "class", "classes"];

/// Pictures and classes of one part.
struct Pair {
    name: String,
    part: Option<Part>,
    images: Array,
    layout: Layout,
    /// A class an item; `None` where it is none.
    labels: Vec<Option<i64>>,
}

/// Reads them all.
///
/// # Errors
/// A clause, if pictures or classes are missing, or do not fit each other.
pub async fn read(files: &Files, seed: u64, hands: &impl Hands) -> Result<Found, String> {
    let pairs = pairs(files, hands).await?;
    let mut found = Found::default();
    let shape = pairs.first().map(|pair| pair.layout.shape);
    if let Some(other) = pairs.iter().find(|pair| Some(pair.layout.shape) != shape) {
        return Err(format!("{}: its pictures are of another size than those of {}", other.name, pairs[0].name));
    }
    let scale = scale(&pairs)?;
    notices(&pairs, &scale, &mut found);
    let mut all = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        for (item, label) in pair.labels.iter().enumerate() {
            match label {
                Some(label) => all.push((at, item, label.to_string())),
                None => found.skipped.add(&told(pair, item), "its class is no whole number"),
            }
        }
    }
    let classes = Classes::of(all.iter().map(|(.., class)| class.as_str()))?;
    let numbers: Vec<usize> = all.iter().filter_map(|(.., class)| classes.number(class)).collect();
    let taken = split::thinned(&numbers, classes.0.len(), MOST_ITEMS, seed);
    if taken.is_some() {
        found.notices.push(assemble::thinned(all.len()));
    }
    let taken = taken.unwrap_or_else(|| (0..all.len()).collect());
    for (done, &place) in taken.iter().enumerate() {
        hands.told(done, taken.len());
        let Some(((at, item, _), &class)) = all.get(place).zip(numbers.get(place)) else { continue };
        let Some(pair) = pairs.get(*at) else { continue };
        match picture(pair, *item, &scale) {
            Some(picture) => found.items.push(Item { picture, class, test: pair.part.map(Part::is_test) }),
            None => found.skipped.add(&told(pair, *item), "it has a value that is not finite"),
        }
    }
    hands.told(taken.len(), taken.len());
    found.classes = classes.0;
    Ok(found)
}

fn told(pair: &Pair, item: usize) -> String {
    format!("{}[{item}]", pair.name)
}

/// One scale for all of them.
fn scale(pairs: &[Pair]) -> Result<Scale, String> {
    let ranges = pairs.iter().filter_map(|pair| pair.images.range());
    let range = ranges.reduce(|(low, high), (other_low, other_high)| (low.min(other_low), high.max(other_high)));
    let (first, range) = pairs.first().zip(range).ok_or("its pictures have no finite numbers")?;
    Scale::of(first.images.number, range).map_err(|why| format!("{}: {why}", first.name))
}

fn notices(pairs: &[Pair], scale: &Scale, found: &mut Found) {
    found.notices.extend(scale.notice.clone());
    if pairs.iter().any(|pair| pair.layout.doubtful) {
        found.notices.push("The last dimension is taken for the channels; the second could be as well.".into());
    }
    if pairs.iter().any(|pair| pair.part == Some(Part::Validation)) {
        found.notices.push(JOINED.into());
    }
    if pairs.iter().any(|pair| pair.layout.is_large()) {
        found.notices.push(format!("Pictures are larger and are made smaller, to {LARGEST_SIDE} pixels at most."));
    }
}

/// An item's picture; `None` if it has a number that is not finite.
fn picture(pair: &Pair, item: usize, scale: &Scale) -> Option<Picture> {
    let [channels, rows, columns] = pair.layout.shape;
    let values =
        pair.layout.places(item).map(|place| scale.byte(pair.images.at(place)?)).collect::<Option<Vec<u8>>>()?;
    let size = rows * columns;
    let picture = match channels {
        4 => {
            let (colours, alpha) = values.split_at_checked(3 * size)?;
            let over = colours.iter().zip(alpha.iter().cycle()).map(|(&value, &alpha)| over_white(value, alpha));
            Picture { shape: [3, rows, columns], values: over.collect() }
        }
        _ => Picture { shape: [channels, rows, columns], values },
    };
    Some(picture.limited())
}

/// What an array is.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Images,
    Labels,
}

/// All arrays, by twos.
async fn pairs(files: &Files, hands: &impl Hands) -> Result<Vec<Pair>, String> {
    let total: u64 = files.arrays.iter().fold(0, |all, file| all.saturating_add(file.bytes));
    if total > LONGEST_ARCHIVE {
        return Err(format!("its arrays have more than {} MB", LONGEST_ARCHIVE >> 20));
    }
    let mut open: Vec<(&File, Role, Array)> = Vec::new();
    let mut pairs = Vec::new();
    for file in &files.arrays {
        let named = |why: String| format!("{}: {why}", brief(&file.path));
        let array = Array::read(files.bytes(file, LONGEST_ARCHIVE, hands).await.map_err(named)?).map_err(named)?;
        let role = role(file, &array);
        let partner = |other: &(&File, Role, Array)| other.1 != role && part(other.0) == part(file);
        let Some(at) = open.iter().position(partner) else {
            open.push((file, role, array));
            continue;
        };
        let (other, _, second) = open.swap_remove(at);
        pairs.push(match role {
            Role::Images => pair((file, array), (other, second))?,
            Role::Labels => pair((other, second), (file, array))?,
        });
    }
    match open.first() {
        Some((file, Role::Images, _)) => Err(format!("{} has no array of classes beside it", brief(&file.path))),
        Some((file, Role::Labels, _)) => Err(format!("{} has no array of pictures beside it", brief(&file.path))),
        None => Ok(pairs),
    }
}

fn stem(file: &File) -> &str {
    let name = file.path.rsplit_once('/').map_or(&file.path[..], |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn part(file: &File) -> Option<Part> {
    Part::of(stem(file))
}

/// By its name, or else by its shape.
fn role(file: &File, array: &Array) -> Role {
    let lower = stem(file).to_ascii_lowercase();
    let has =
        |words: &[&str]| lower.split(|letter: char| !letter.is_ascii_alphabetic()).any(|word| words.contains(&word));
    match (has(&IMAGES), has(&LABELS), array.shape.len()) {
        (true, false, _) | (_, _, 3..) => Role::Images,
        (false, true, _) | (_, _, 0 | 1) => Role::Labels,
        _ if array.shape.get(1).is_some_and(|size| *size > *CLASSES.end()) => Role::Images,
        _ => Role::Labels,
    }
}

fn pair((image_file, images): (&File, Array), (label_file, labels): (&File, Array)) -> Result<Pair, String> {
    let name = brief(stem(image_file));
    let layout = Layout::of(&images).map_err(|why| format!("{name}: {why}"))?;
    if labels.shape.iter().take(1).chain([&layout.count]).any(|&count| count > MOST_LISTED) {
        return Err(format!("{name}: it has more than {MOST_LISTED} items"));
    }
    let labels = classes(&labels).map_err(|why| format!("{}: {why}", brief(stem(label_file))))?;
    if labels.len() != layout.count {
        return Err(format!(
            "{name} has {} pictures, and {} {} classes",
            layout.count,
            brief(stem(label_file)),
            labels.len()
        ));
    }
    Ok(Pair { name, part: part(image_file), images, layout, labels })
}

/// A class an item: its number, or the place of the one among the zeros.
fn classes(array: &Array) -> Result<Vec<Option<i64>>, String> {
    let whole = |value: f64| (value.fract() == 0.0 && value.abs() < 1e15).then_some(value as i64);
    match (&array.shape[..], &array.steps[..]) {
        (&[count], &[step]) | (&[count, 1], &[step, _]) => {
            Ok((0..count).map(|item| array.at(item * step).and_then(whole)).collect())
        }
        (&[count, classes], &[step, along]) if CLASSES.contains(&classes) => {
            let hot = |item: usize| {
                let mut ones = (0..classes).filter(|class| array.at(item * step + class * along) == Some(1.0));
                ones.next().filter(|_| ones.next().is_none()).map(|class| class as i64)
            };
            Ok((0..count).map(hot).collect())
        }
        _ => Err(format!("its shape {:?} is not that of classes", array.shape)),
    }
}
