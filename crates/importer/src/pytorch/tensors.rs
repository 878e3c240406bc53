//! The tensors of a state dict: which of the things in a pickle it is, and the numbers beside it.

use super::StateDict;
use super::archive::Archive;
use super::thing::{Storage, Strided, Thing, Things, Type};
use crate::Tensor;
use crate::bounds::{Budget, MOST_NUMBERS, brief, count};
use crate::strided::places;
use half::{bf16, f16};

/// What checkpoints call the state dict in them.
const STATE_DICTS: [&str; 9] =
    ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params"];
/// Most tensors.
const MOST_TENSORS: usize = 4096;
/// A counter of batch norms that says nothing about what is answered.
const COUNTER: &str = "num_batches_tracked";

/// Reads the tensors of a state dict, or of the one in a checkpoint.
///
/// # Errors
/// A clause that names the tensor that cannot be read and why.
pub fn read(things: &Things, root: Thing, archive: &Archive) -> Result<StateDict, String> {
    let mut notices = Vec::new();
    let entries = state_dict(things, root, &mut notices)?;
    if entries.len() > MOST_TENSORS {
        return Err(format!("it has {} tensors, more than {MOST_TENSORS}", entries.len()));
    }
    let mut budget = Budget::new(MOST_NUMBERS);
    let mut tensors: Vec<Tensor> = Vec::new();
    for &(key, value) in entries {
        let Thing::Text(name) = key else { return Err(format!("a tensor's name is {}", key.told())) };
        let of = |why: String| format!("the tensor “{}” cannot be read: {why}", brief(name));
        let Thing::Tensor(at) = value else { return Err(of(format!("it is {}", value.told()))) };
        let (strided, storage) = located(things, at).ok_or_else(|| of("its storage is missing".into()))?;
        if let Type::Whole(kind) = storage.kind {
            if name.rsplit('.').next() == Some(COUNTER) {
                continue;
            }
            return Err(of(format!("its type is {kind}, and only float32, float64, float16 and bfloat16 are read")));
        }
        budget.spend(count(&strided.shape)?)?;
        let values = numbers(strided, storage, archive).map_err(of)?;
        notice(storage.kind, &mut notices);
        if tensors.iter().any(|tensor| tensor.name == name) {
            return Err(of("its name is there twice".into()));
        }
        tensors.push(Tensor { name: name.to_owned(), shape: strided.shape.clone(), values });
    }
    if tensors.is_empty() { Err("it has no tensors".into()) } else { Ok(StateDict { tensors, notices }) }
}

/// The entries of the state dict: all that there is, or what a checkpoint has under a usual name.
fn state_dict<'t, 'a>(
    things: &'t Things<'a>,
    root: Thing<'a>,
    notices: &mut Vec<String>,
) -> Result<&'t [(Thing<'a>, Thing<'a>)], String> {
    let entries =
        things.entries(root).ok_or_else(|| format!("it holds {}, where a state dict is expected", root.told()))?;
    if entries.iter().any(|(_, value)| matches!(value, Thing::Tensor(_))) {
        return Ok(entries);
    }
    let under = |name: &str| {
        let found = entries.iter().find(|(key, _)| *key == Thing::Text(name))?;
        things.entries(found.1).map(|entries| (name.to_owned(), entries))
    };
    if let Some((name, entries)) = STATE_DICTS.into_iter().find_map(under) {
        notices.push(format!("It is a checkpoint; its “{name}” is read."));
        return Ok(entries);
    }
    let names = entries.iter().map(|(key, _)| match key {
        Thing::Text(name) => *name,
        _ => "?",
    });
    let names = brief(&names.take(8).collect::<Vec<_>>().join(", "));
    Err(format!("it holds a dict without tensors ({names}), and none of its entries is called state_dict or model"))
}

fn located<'t, 'a>(things: &'t Things<'a>, at: usize) -> Option<(&'t Strided, &'t Storage<'a>)> {
    let strided = things.tensors.get(at)?;
    things.storages.get(strided.storage).map(|storage| (strided, storage))
}

fn notice(kind: Type, notices: &mut Vec<String>) {
    let sentence = match kind {
        Type::Double => "Its numbers of 64 bits are rounded to 32.",
        Type::Half | Type::BrainHalf => "Its numbers have 16 bits; they are computed with in 32.",
        _ => return,
    };
    if !notices.iter().any(|known| known == sentence) {
        notices.push(sentence.into());
    }
}

/// A tensor's numbers, through its strides.
fn numbers(strided: &Strided, storage: &Storage, archive: &Archive) -> Result<Vec<f32>, String> {
    let key = brief(storage.key);
    let bytes = archive.storage(storage.key).ok_or_else(|| format!("the entry “data/{key}” is missing"))?;
    let big = archive.big_endian;
    match storage.kind {
        Type::Float => picked(strided, storage, bytes, big, f32::from_le_bytes),
        Type::Double => picked(strided, storage, bytes, big, |bytes| f64::from_le_bytes(bytes) as f32),
        Type::Half => picked(strided, storage, bytes, big, |bytes| f16::from_le_bytes(bytes).to_f32()),
        Type::BrainHalf => picked(strided, storage, bytes, big, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        Type::Whole(_) | Type::Untyped => Err("its numbers are no reals".into()),
    }
}

fn picked<const SIZE: usize>(
    strided: &Strided,
    storage: &Storage,
    bytes: &[u8],
    big: bool,
    number: impl Fn([u8; SIZE]) -> f32,
) -> Result<Vec<f32>, String> {
    let (chunks, rest) = bytes.as_chunks::<SIZE>();
    if chunks.len() != storage.count || !rest.is_empty() {
        return Err(format!(
            "the entry “data/{}” has {} bytes, where {} numbers of {SIZE} are expected",
            brief(storage.key),
            bytes.len(),
            storage.count
        ));
    }
    let reach = strided.shape.iter().zip(&strided.strides).try_fold(strided.offset, |reach, (&size, &stride)| {
        reach.checked_add(size.saturating_sub(1).checked_mul(stride)?)
    });
    let empty = strided.shape.contains(&0);
    if !empty && reach.is_none_or(|last| last >= chunks.len()) {
        return Err(format!("it reaches behind the end of its storage of {} numbers", chunks.len()));
    }
    let found: Vec<f32> = places(&strided.shape, &strided.strides)
        .filter_map(|place| chunks.get(place.saturating_add(strided.offset)))
        .map(|chunk| {
            let mut chunk = *chunk;
            if big {
                chunk.reverse();
            }
            number(chunk)
        })
        .collect();
    match found.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(format!("it is not finite at position {at}")),
        None => Ok(found),
    }
}
