//! Operators that compute nothing: other shapes and orders of the same numbers, and shapes computed with shapes.

use super::array::{Array, Numbers};
use super::convolution::whole;
use super::folding::place;
use super::message::Node;
use super::value::{Size, Sizes, Value, View};
use super::walk::{Walk, sizes};
use super::{folding, turn};

/// The types that a `Cast` of what the network computes may have: float, float16, double, bfloat16.
const REAL: [i64; 4] = [1, 10, 11, 16];

/// What such an operator makes; `None` if it is none.
///
/// # Errors
/// A clause that names what cannot be expressed.
pub fn shape(walk: &mut Walk, node: &Node) -> Result<Option<Value>, String> {
    Ok(Some(match node.op {
        "Constant" | "ConstantOfShape" => folding::constant(walk, node)?,
        "Identity" => walk.input(node, 0)?,
        "Dropout" => {
            walk.notice("Dropout is left out: a trained network drops nothing.");
            walk.input(node, 0)?
        }
        "Cast" => cast(walk, node)?,
        "Shape" => shape_of(walk, node)?,
        "Gather" => folding::gather(walk, node)?,
        "Slice" => folding::slice(walk, node)?,
        "Concat" => folding::concat(walk, node)?,
        "Flatten" => flatten(walk, node)?,
        "Reshape" | "Squeeze" | "Unsqueeze" => reshape(walk, node)?,
        "Transpose" => turn::transpose(walk, node)?,
        _ => return Ok(None),
    }))
}

fn cast(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let to = node.whole("to").unwrap_or(1);
    match walk.input(node, 0)? {
        Value::View(_) if !REAL.contains(&to) => Err("it rounds what the network computes to whole numbers".into()),
        Value::Array(array) => match (&array.numbers, REAL.contains(&to)) {
            (Numbers::Whole(numbers), true) => {
                let numbers = Numbers::Real(numbers.iter().map(|&number| number as f32).collect());
                walk.array(Array { numbers, shape: array.shape.clone(), width: None })
            }
            (Numbers::Real(numbers), false) => {
                let numbers = Numbers::Whole(numbers.iter().map(|&number| number as i64).collect());
                walk.array(Array { numbers, shape: array.shape.clone(), width: None })
            }
            _ => Ok(Value::Array(array)),
        },
        other => Ok(other),
    }
}

fn shape_of(walk: &Walk, node: &Node) -> Result<Value, String> {
    let known = |&size: &usize| Size::Known(i64::try_from(size).unwrap_or(i64::MAX));
    let sizes = match walk.input(node, 0)? {
        Value::View(view) => std::iter::once(Size::Batch).chain(view.shape.iter().map(known)).collect(),
        Value::Array(array) => array.shape.iter().map(known).collect(),
        other => return Err(format!("its input 0 is {}", other.told())),
    };
    Ok(Value::Sizes(Sizes { list: true, sizes }))
}

fn flatten(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let rank = i64::try_from(view.shape.len()).unwrap_or(0) + 1;
    match node.whole("axis").unwrap_or(1) {
        axis if axis == 1 || axis.checked_add(rank) == Some(1) => {
            let shape = vec![view.count()];
            Ok(Value::View(View { shape, ..view }))
        }
        axis => Err(format!("it flattens from axis {axis}, and only from 1 is read")),
    }
}

/// `Reshape`, `Squeeze` and `Unsqueeze`, of what the network computes, of constants and of shapes.
fn reshape(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let value = walk.input(node, 0)?;
    if let (Value::Sizes(_) | Value::Array(_), Ok(sizes), "Squeeze" | "Unsqueeze") = (&value, sizes(&value), node.op) {
        return Ok(Value::Sizes(Sizes { list: node.op == "Unsqueeze", ..sizes }));
    }
    let value = match folding::array(&value) {
        Some(array) => walk.array(array)?,
        None => value,
    };
    match value {
        Value::View(view) => {
            let target = target(walk, node, &with_batch(&view.shape))?;
            let shape = reshaped(&view, &target, walk.batch)?;
            Ok(Value::View(View { shape, ..view }))
        }
        Value::Array(array) => {
            let known: Vec<Size> = array.shape.iter().map(|&size| known(size)).collect();
            let shape = resolved(&target(walk, node, &known)?, &known, array.shape.iter().product())?;
            walk.array(Array { shape, ..(*array).clone() })
        }
        other => Err(format!("its input 0 is {}", other.told())),
    }
}

fn known(size: usize) -> Size {
    Size::Known(i64::try_from(size).unwrap_or(i64::MAX))
}

fn with_batch(shape: &[usize]) -> Vec<Size> {
    std::iter::once(Size::Batch).chain(shape.iter().map(|&size| known(size))).collect()
}

/// The shape that is asked for.
fn target(walk: &Walk, node: &Node, from: &[Size]) -> Result<Vec<Size>, String> {
    if node.op == "Reshape" {
        return Ok(walk.sizes(node, 1)?.ok_or("it has no shape")?.sizes);
    }
    let axes = walk.wholes(node, "axes", 1)?;
    let rank = from.len() + if node.op == "Unsqueeze" { axes.as_ref().map_or(0, Vec::len) } else { 0 };
    let axes: Option<Vec<usize>> =
        axes.map(|axes| axes.iter().map(|&axis| place(axis, rank)).collect()).unwrap_or_else(|| {
            let ones = from.iter().enumerate().filter(|(_, size)| **size == Size::Known(1));
            Some(ones.map(|(at, _)| at).collect())
        });
    let axes = axes.ok_or("its axes are not there")?;
    if node.op == "Unsqueeze" {
        let mut rest = from.iter().copied();
        let sizes = (0..rank).map(|at| if axes.contains(&at) { Some(Size::Known(1)) } else { rest.next() });
        return sizes.collect::<Option<_>>().ok_or_else(|| "its axes are not there".into());
    }
    if axes.iter().any(|&at| from.get(at) != Some(&Size::Known(1))) {
        return Err(format!("it leaves out the axes {axes:?}, which have more than one number"));
    }
    Ok(from.iter().enumerate().filter(|(at, _)| !axes.contains(at)).map(|(_, &size)| size).collect())
}

/// The shape of a view without the number of inputs, which has to stay the first of its sizes.
fn reshaped(view: &View, target: &[Size], batch: Option<usize>) -> Result<Vec<usize>, String> {
    let misfit = || format!("it makes {target:?} of {:?} for each input", view.shape);
    let Some((first, rest)) = target.split_first() else { return Err(misfit()) };
    let kept = match *first {
        Size::Batch | Size::Known(0) => true,
        Size::Known(-1) => !rest.contains(&Size::Known(-1)),
        Size::Known(number) => batch.is_some_and(|batch| known(batch) == Size::Known(number)),
    };
    if !kept {
        return Err(format!("{}, where the number of inputs has to stay as it is", misfit()));
    }
    let from: Vec<Size> = view.shape.iter().map(|&size| known(size)).collect();
    resolved(rest, &from, view.count()).map_err(|why| format!("{}: {why}", misfit()))
}

/// Sizes in numbers: 0 is the size that was there, -1 what is left.
fn resolved(target: &[Size], from: &[Size], all: usize) -> Result<Vec<usize>, String> {
    let mut shape = Vec::new();
    let mut open = None;
    for (at, &size) in target.iter().enumerate() {
        let size = if size == Size::Known(0) { from.get(at).copied().unwrap_or(size) } else { size };
        match size {
            Size::Known(-1) if open.is_none() => {
                open = Some(at);
                shape.push(1);
            }
            Size::Known(number) => shape.push(whole(number, "shape")?),
            Size::Batch => return Err("the number of inputs stands at another place".into()),
        }
    }
    let told = crate::bounds::count(&shape)?;
    if let Some(open) = open.and_then(|at| shape.get_mut(at)) {
        *open = all.checked_div(told).filter(|_| all.is_multiple_of(told)).ok_or("the numbers do not fit")?;
    }
    if shape.iter().product::<usize>() == all { Ok(shape) } else { Err("it has another number of numbers".into()) }
}
