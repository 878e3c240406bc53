//! Tensors put together as layers, and the orders in which these may follow each other.

use crate::bounds::{brief, count};
use std::cmp::Ordering;

/// Most tensors.
const MOST_TENSORS: usize = 4096;
/// Words in names that tell of branches, which shapes alone do not place.
const BRANCHES: [&str; 4] = ["downsample", "shortcut", "skip", "residual"];

/// A layer with weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name: what stands before the last point of its tensors' names.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Whether it has a bias.
    pub bias: bool,
}

/// What a layer with weights is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A convolution, its weight `[out, in / groups, rows, columns]`.
    Convolution([usize; 4]),
    /// A linear layer.
    Linear {
        /// Features in.
        r#in: usize,
        /// Features out.
        out: usize,
    },
    /// A batch norm of so many features.
    Norm(usize),
}

/// The shapes of one layer's tensors, by the last word of their names.
type Shapes<'a> = Vec<(&'a str, &'a [usize])>;

/// The layers, in the order in which the file has them.
///
/// # Errors
/// A clause that names the tensor that no layer here has.
pub fn parts(tensors: &[(String, Vec<usize>)]) -> Result<Vec<Part>, String> {
    if tensors.len() > MOST_TENSORS {
        return Err(format!("there are {} tensors, more than {MOST_TENSORS}", tensors.len()));
    }
    let mut found: Vec<(&str, Shapes)> = Vec::new();
    for (name, shape) in tensors {
        count(shape).map_err(|why| format!("the tensor “{}”: {why}", brief(name)))?;
        let (layer, what) = name.rsplit_once('.').unwrap_or(("", name));
        if what == "num_batches_tracked" {
            continue;
        }
        match found.iter_mut().find(|(known, _)| *known == layer) {
            Some((_, shapes)) => shapes.push((what, shape)),
            None => found.push((layer, vec![(what, shape)])),
        }
    }
    found.into_iter().map(|(name, shapes)| part(name, &shapes)).collect()
}

fn part(name: &str, shapes: &Shapes) -> Result<Part, String> {
    let of = |wanted: &str| shapes.iter().find(|(what, _)| *what == wanted).map(|(_, shape)| *shape);
    let fail = |what: &str, why: &str| Err(format!("the tensor “{}” {why}", brief(&format!("{name}.{what}"))));
    if let Some(word) = BRANCHES.iter().find(|word| name.contains(*word)) {
        return Err(format!(
            "“{}” tells of a branch ({word}), which shapes do not place; give the list of layers",
            brief(name)
        ));
    }
    let known = ["weight", "bias", "running_mean", "running_var"];
    if let Some((what, _)) = shapes.iter().find(|(what, _)| !known.contains(what)) {
        return fail(what, "belongs to no layer that is known here");
    }
    let kind = match (of("running_mean"), of("weight")) {
        (Some(&[features]), _) => Kind::Norm(features),
        (None, Some(&[out, each, rows, columns])) => Kind::Convolution([out, each, rows, columns]),
        (None, Some(&[out, r#in])) => Kind::Linear { r#in, out },
        (None, Some(&[_])) => return fail("weight", "is a list, and no running_mean makes a batch norm of it"),
        (None, Some(shape)) => return fail("weight", &format!("has shape {shape:?}, which no layer here has")),
        (None, None) => return fail("bias", "has no weight beside it"),
        (Some(shape), _) => return fail("running_mean", &format!("has shape {shape:?}")),
    };
    let outputs = match kind {
        Kind::Convolution([out, ..]) | Kind::Linear { out, .. } => out,
        Kind::Norm(features) => features,
    };
    if of("bias").is_some_and(|bias| bias != [outputs]) {
        return fail("bias", &format!("has not {outputs} numbers"));
    }
    Ok(Part { name: name.to_owned(), kind, bias: of("bias").is_some() })
}

/// The orders that may be meant: the file's own, that of names, and convolutions before linear layers, with each batch
/// norm behind the layer that its number or its features name.
pub fn orders(parts: &[Part]) -> Vec<Vec<Part>> {
    let mut by_name = parts.to_vec();
    by_name.sort_by(|a, b| natural(&a.name, &b.name));
    let mut by_kind = Vec::new();
    let rank = |part: &&Part| matches!(part.kind, Kind::Linear { .. });
    let mut layers: Vec<&Part> = by_name.iter().filter(|part| !matches!(part.kind, Kind::Norm(_))).collect();
    layers.sort_by_key(rank);
    let mut norms: Vec<&Part> = by_name.iter().filter(|part| matches!(part.kind, Kind::Norm(_))).collect();
    for layer in layers {
        by_kind.push(layer.clone());
        let fits = |norm: &&Part| match (layer.kind, norm.kind) {
            (Kind::Convolution([out, ..]) | Kind::Linear { out, .. }, Kind::Norm(features)) => out == features,
            _ => false,
        };
        let numbered = |norm: &&Part| number(&norm.name).is_some() && number(&norm.name) == number(&layer.name);
        let linear = matches!(layer.kind, Kind::Linear { .. });
        // As many norms as convolutions are theirs, in their order; others have to say so by their number.
        let next = norms.iter().position(|norm| fits(norm) && numbered(norm));
        if let Some(at) = next.or_else(|| norms.iter().position(|norm| fits(norm) && !linear)) {
            by_kind.push(norms.remove(at).clone());
        }
    }
    by_kind.extend(norms.into_iter().cloned());
    vec![parts.to_vec(), by_name, by_kind]
}

/// The last number in a name.
pub fn number(name: &str) -> Option<usize> {
    let end = name.rfind(|one: char| one.is_ascii_digit())? + 1;
    let before = name.get(..end)?;
    let other = before.char_indices().rev().find(|(_, one)| !one.is_ascii_digit());
    let start = other.map_or(0, |(at, one)| at + one.len_utf8());
    before.get(start..)?.parse().ok()
}

/// The order in which people count: `conv2` before `conv10`.
fn natural(a: &str, b: &str) -> Ordering {
    let pieces = |name: &str| {
        let mut pieces: Vec<(String, u64)> = vec![(String::new(), 0)];
        let mut counting = false;
        for letter in name.chars() {
            let digit = letter.to_digit(10);
            if std::mem::replace(&mut counting, digit.is_some()) && digit.is_none() {
                pieces.push((String::new(), 0));
            }
            if let Some((word, number)) = pieces.last_mut() {
                match digit {
                    Some(digit) => *number = number.saturating_mul(10).saturating_add(digit.into()),
                    None => word.push(letter),
                }
            }
        }
        pieces
    };
    pieces(a).cmp(&pieces(b))
}
