//! Tensors by the names that the architecture gives them: prefixes that wrappers leave are dropped, and where layers are
//! called otherwise they are found by order and shape, which the visitor confirms.

use crate::Tensor;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What wrappers put before every name: `DataParallel`, a module's own field, `torch.compile`.
const PREFIXES: [&str; 3] = ["module.", "model.", "_orig_mod."];

/// The shapes of one layer's tensors by what stands behind the last point of their names.
type Shapes<'a> = BTreeMap<&'a str, &'a [usize]>;

/// A file's layers with the places that they have in the list.
pub type Pairs = Vec<(String, String)>;

/// Gives the tensors the expected names where theirs differ; what was done, one sentence each. `confirmed` are the pairs
/// that the visitor has agreed to.
///
/// # Errors
/// The pairs that order and shape make, where there are such and others, or none, were confirmed.
pub fn fit(
    tensors: &mut [Tensor],
    expected: &[(String, Vec<usize>)],
    confirmed: &[(String, String)],
) -> Result<Vec<String>, Pairs> {
    let known = |tensor: &Tensor| expected.iter().any(|(known, _)| *known == tensor.name);
    let mut notices = Vec::new();
    loop {
        if tensors.iter().all(known) {
            return Ok(notices);
        }
        if let Some(names) = renamed(tensors, expected, confirmed) {
            tensors.iter_mut().zip(names).for_each(|(tensor, name)| tensor.name = name);
            let told: Vec<String> = confirmed.iter().map(|(from, to)| format!("{from} → {to}")).collect();
            notices.push(format!("Layers are called otherwise, and were taken so: {}.", told.join(", ")));
            return Ok(notices);
        }
        let Some(prefix) = PREFIXES.into_iter().find(|prefix| all_begin(tensors, prefix)) else { break };
        tensors.iter_mut().for_each(|tensor| tensor.name = tensor.name.split_off(prefix.len()));
        notices.push(format!("“{prefix}” before every name is left out."));
    }
    match pair(tensors, expected) {
        Some(pairs) => Err(pairs),
        None => Ok(notices),
    }
}

/// The tensors' names after the confirmed pairs, if these make the expected ones of all.
fn renamed(
    tensors: &[Tensor],
    expected: &[(String, Vec<usize>)],
    confirmed: &[(String, String)],
) -> Option<Vec<String>> {
    let name = |tensor: &Tensor| {
        let (layer, what) = split(&tensor.name);
        let (_, to) = confirmed.iter().find(|(from, _)| from == layer)?;
        let name = format!("{to}.{what}");
        expected.iter().any(|(known, shape)| *known == name && *shape == tensor.shape).then_some(name)
    };
    let names: Vec<String> = tensors.iter().map(name).collect::<Option<_>>()?;
    let all: BTreeSet<&String> = names.iter().collect();
    (!names.is_empty() && all.len() == names.len()).then_some(names)
}

fn all_begin(tensors: &[Tensor], prefix: &str) -> bool {
    !tensors.is_empty() && tensors.iter().all(|tensor| tensor.name.starts_with(prefix))
}

/// Layer and tensor.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or(("", name))
}

/// The file's layers and the expected ones that they are, if there is one for each: of layers with the same shapes, the
/// first by name is the first.
fn pair(tensors: &[Tensor], expected: &[(String, Vec<usize>)]) -> Option<Pairs> {
    let mut theirs = layers(tensors.iter().map(|tensor| (tensor.name.as_str(), &tensor.shape[..])));
    let ours = layers(expected.iter().map(|(name, shape)| (name.as_str(), &shape[..])));
    // A file's order is that of types and letters, so that it says nothing.
    theirs.sort_by(|(a, _), (b, _)| natural(a, b));
    let mut pairs = Vec::new();
    for (to, shapes) in ours {
        let at = theirs.iter().position(|(_, theirs)| alike(theirs, &shapes))?;
        pairs.push((theirs.remove(at).0.to_owned(), to.to_owned()));
    }
    theirs.is_empty().then_some(pairs)
}

/// Whether a layer of the file can be an expected one; a batch norm without `affine` has its statistics alone.
fn alike(theirs: &Shapes, ours: &Shapes) -> bool {
    let learnt = |what: &str| ["weight", "bias"].contains(&what);
    let statistics = || ours.iter().filter(|(what, _)| !learnt(what));
    theirs == ours || (statistics().count() > 0 && theirs.iter().eq(statistics()))
}

/// Layers with their tensors, in the order in which they are first met.
fn layers<'a>(all: impl Iterator<Item = (&'a str, &'a [usize])>) -> Vec<(&'a str, Shapes<'a>)> {
    let mut found: Vec<(&str, Shapes)> = Vec::new();
    for (name, shape) in all {
        let (layer, what) = split(name);
        match found.iter_mut().find(|(known, _)| *known == layer) {
            Some((_, shapes)) => {
                shapes.insert(what, shape);
            }
            None => found.push((layer, Shapes::from([(what, shape)]))),
        }
    }
    found
}

/// The order in which people count: `conv2` before `conv10`.
fn natural(a: &str, b: &str) -> Ordering {
    let parts = |name: &str| -> Vec<(String, u64)> {
        let mut parts = vec![(String::new(), 0u64)];
        let mut counting = false;
        for letter in name.chars() {
            match letter.to_digit(10) {
                Some(digit) => {
                    counting = true;
                    if let Some((_, number)) = parts.last_mut() {
                        *number = number.saturating_mul(10).saturating_add(digit.into());
                    }
                }
                None => {
                    if std::mem::take(&mut counting) {
                        parts.push((String::new(), 0));
                    }
                    if let Some((word, _)) = parts.last_mut() {
                        word.push(letter);
                    }
                }
            }
        }
        parts
    };
    parts(a).cmp(&parts(b))
}
