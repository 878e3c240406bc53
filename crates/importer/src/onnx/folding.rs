//! Constants, and shapes computed with shapes: what exporters leave in a graph although all of it is known.

use super::array::{Array, Numbers};
use super::convolution::whole;
use super::message::Node;
use super::value::{Size, Sizes, Value};
use super::walk::{Walk, sizes};
use crate::bounds::count;

/// Most numbers of a list that shapes are computed with.
const MOST_SIZES: usize = 64;

/// `Constant`, and `ConstantOfShape` of a few numbers.
///
/// # Errors
/// A clause, if there are no numbers.
pub fn constant(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let array = if node.op == "Constant" { given(node)? } else { filled(walk, node)? };
    walk.array(array)
}

fn given(node: &Node) -> Result<Array, String> {
    let of = |shape: Vec<usize>, numbers| Array { shape, numbers, width: None };
    Ok(if let Some(tensor) = node.tensor("value") {
        tensor.array()?
    } else if let Some(number) = node.float("value_float") {
        of(vec![], Numbers::Real(vec![number]))
    } else if let Some(number) = node.whole("value_int") {
        of(vec![], Numbers::Whole(vec![number]))
    } else if let Some(list) = node.floats("value_floats")? {
        of(vec![list.len()], Numbers::Real(list))
    } else if let Some(list) = node.wholes("value_ints")? {
        of(vec![list.len()], Numbers::Whole(list))
    } else {
        return Err("it has no numbers".into());
    })
}

fn filled(walk: &Walk, node: &Node) -> Result<Array, String> {
    let sizes = walk.sizes(node, 0)?.ok_or("it has no shape")?;
    let shape = sizes.sizes.iter().map(|&size| match size {
        Size::Known(size) => whole(size, "shape"),
        Size::Batch => Err("its shape depends on the number of inputs".into()),
    });
    let shape = shape.collect::<Result<Vec<_>, _>>()?;
    let all = count(&shape)?;
    if all > MOST_SIZES {
        return Err(format!("it makes {all} numbers of nothing"));
    }
    let numbers = match node.tensor("value").map(|tensor| tensor.array()).transpose()?.map(|array| array.numbers) {
        Some(Numbers::Whole(list)) => Numbers::Whole(vec![list.first().copied().unwrap_or(0); all]),
        Some(Numbers::Real(list)) => Numbers::Real(vec![list.first().copied().unwrap_or(0.0); all]),
        None => Numbers::Real(vec![0.0; all]),
    };
    Ok(Array { shape, numbers, width: None })
}

/// Sizes as an array, if all of them are known.
pub fn array(value: &Value) -> Option<Array> {
    let Value::Sizes(Sizes { list, sizes }) = value else { return None };
    let numbers = sizes.iter().map(|&size| match size {
        Size::Known(number) => Some(number),
        Size::Batch => None,
    });
    let numbers = numbers.collect::<Option<Vec<_>>>()?;
    Some(Array {
        shape: if *list { vec![numbers.len()] } else { vec![] },
        numbers: Numbers::Whole(numbers),
        width: None,
    })
}

/// An index that may count from the end.
pub fn place(at: i64, count: usize) -> Option<usize> {
    let count = i64::try_from(count).ok()?;
    usize::try_from(if at < 0 { at.checked_add(count)? } else { at }).ok()
}

/// Sizes picked out of a shape.
///
/// # Errors
/// A clause, if they are not there.
pub fn gather(walk: &Walk, node: &Node) -> Result<Value, String> {
    let from = walk.sizes(node, 0)?.ok_or("its input 0 is left out")?;
    let at = walk.sizes(node, 1)?.ok_or("its input 1 is left out")?;
    let pick = |&size: &Size| match size {
        Size::Known(at) => place(at, from.sizes.len()).and_then(|at| from.sizes.get(at)).copied(),
        Size::Batch => None,
    };
    let sizes: Option<Vec<Size>> = at.sizes.iter().map(pick).collect();
    Ok(Value::Sizes(Sizes { list: at.list, sizes: sizes.ok_or("it picks a size that is not there")? }))
}

/// A part of a shape, or of the rows of a short table, forwards or backwards.
///
/// # Errors
/// A clause, if it is something else that is cut.
pub fn slice(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let value = walk.input(node, 0)?;
    let end = |name, at| match walk.wholes(node, name, at)?.as_deref() {
        None => Ok::<_, String>(None),
        Some(&[one]) => Ok(Some(one)),
        Some(_) => Err(format!("its {name} are not one number")),
    };
    let (start, stop) = (end("starts", 1)?.unwrap_or(0), end("ends", 2)?.unwrap_or(i64::MAX));
    let (axis, step) = (end("axes", 3)?.unwrap_or(0), end("steps", 4)?.unwrap_or(1));
    if axis != 0 || ![1, -1].contains(&step) {
        return Err(format!("it cuts along axis {axis} by steps of {step}"));
    }
    if let Ok(Sizes { list: true, sizes }) = sizes(&value) {
        let kept = picked(start, stop, step, sizes.len());
        return Ok(Value::Sizes(Sizes { list: true, sizes: kept.filter_map(|at| sizes.get(at)).copied().collect() }));
    }
    match &value {
        Value::Array(array) => match (&array.shape[..], &array.numbers) {
            (&[rows, columns], Numbers::Whole(numbers)) if numbers.len() <= MOST_SIZES && columns > 0 => {
                let kept: Vec<i64> = picked(start, stop, step, rows)
                    .flat_map(|row| numbers.iter().skip(row * columns).take(columns))
                    .copied()
                    .collect();
                let shape = vec![kept.len() / columns, columns];
                walk.array(Array { shape, numbers: Numbers::Whole(kept), width: None })
            }
            _ => Err(format!("it cuts a constant of shape {:?}", array.shape)),
        },
        other => Err(format!("it cuts {}, which no list of layers can express", other.told())),
    }
}

/// The places from `start` to before `stop`, as Python counts them.
fn picked(start: i64, stop: i64, step: i64, count: usize) -> impl Iterator<Item = usize> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let from_end = |at: i64| if at < 0 { at.saturating_add(count) } else { at };
    let (low, high) = match step {
        1 => (from_end(start).clamp(0, count), from_end(stop).clamp(0, count)),
        _ => (from_end(stop).clamp(-1, count - 1) + 1, from_end(start).clamp(-1, count - 1) + 1),
    };
    let range = (low..high).filter_map(|at| usize::try_from(at).ok());
    let mut all: Vec<usize> = range.collect();
    if step < 0 {
        all.reverse();
    }
    all.into_iter()
}

/// Shapes one behind the other.
///
/// # Errors
/// A clause, if they are no shapes, or too long.
pub fn concat(walk: &Walk, node: &Node) -> Result<Value, String> {
    let mut all = Vec::new();
    for at in 0..node.inputs.len() {
        let part = walk.input(node, at)?;
        let part = sizes(&part).map_err(|_| "it puts branches side by side, which no list of layers can express")?;
        all.extend(part.sizes);
        if all.len() > MOST_SIZES {
            return Err("it makes too long a shape".into());
        }
    }
    Ok(Value::Sizes(Sizes { list: true, sizes: all }))
}
