//! `Transpose`: channels first and channels last, and weights turned around.

use super::array::{Array, Numbers};
use super::convolution::whole;
use super::message::Node;
use super::value::{Order, Value, View};
use super::walk::Walk;

/// Other axes of constants, or of pictures whose channels come last or first.
///
/// # Errors
/// A clause that names an order that no layer here has.
pub fn transpose(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let value = walk.input(node, 0)?;
    let rank = match &value {
        Value::View(view) => view.shape.len() + 1,
        Value::Array(array) => array.shape.len(),
        other => return Err(format!("its input 0 is {}", other.told())),
    };
    let axes = match node.wholes("perm")? {
        Some(axes) => axes.iter().map(|&axis| whole(axis, "perm")).collect::<Result<_, _>>()?,
        None => (0..rank).rev().collect::<Vec<_>>(),
    };
    let mut sorted = axes.clone();
    sorted.sort_unstable();
    if sorted != (0..rank).collect::<Vec<_>>() {
        return Err(format!("its perm {axes:?} is no order of {rank} axes"));
    }
    match value {
        Value::View(view) => turned(walk, view, &axes).map(Value::View),
        Value::Array(array) => {
            let array = of_constant(&array, &axes)?;
            walk.array(array)
        }
        other => Ok(other),
    }
}

fn turned(walk: &Walk, view: View, axes: &[usize]) -> Result<View, String> {
    let other =
        || format!("it turns {:?} around by {axes:?}, and only channels first and channels last are read", view.shape);
    let Some((0, rest)) = axes.split_first().map(|(first, rest)| (*first, rest)) else { return Err(other()) };
    let rest: Vec<usize> = rest.iter().map(|axis| axis - 1).collect();
    let shape: Vec<usize> = rest.iter().filter_map(|&axis| view.shape.get(axis)).copied().collect();
    // Axes of one number may stand anywhere.
    let long: Vec<usize> =
        rest.iter().copied().filter(|&axis| view.shape.get(axis).is_some_and(|&side| side > 1)).collect();
    if long.is_sorted() {
        return Ok(View { shape, ..view });
    }
    let step = &walk.steps.get(view.step)?.shape;
    let order = match (&step[..], view.order, &rest[..]) {
        (&[channels, rows, columns], Order::Same, &[1, 2, 0]) if view.shape == *step => {
            Order::channels_last(channels, rows.saturating_mul(columns))
        }
        (&[channels, rows, columns], Order::ChannelsLast { .. }, &[2, 0, 1])
            if view.shape == [rows, columns, channels] =>
        {
            Order::Same
        }
        _ => return Err(other()),
    };
    Ok(View { shape, order, ..view })
}

fn of_constant(array: &Array, axes: &[usize]) -> Result<Array, String> {
    let shape: Vec<usize> = axes.iter().filter_map(|&axis| array.shape.get(axis)).copied().collect();
    // How far apart in memory neighbours along each of the new axes are.
    let stride = |axis: &usize| array.shape.get(axis + 1..).unwrap_or_default().iter().product();
    let strides: Vec<usize> = axes.iter().map(stride).collect();
    let places = crate::strided::places(&shape, &strides);
    let numbers = match &array.numbers {
        Numbers::Real(numbers) => Numbers::Real(places.filter_map(|at| numbers.get(at)).copied().collect()),
        Numbers::Whole(numbers) => Numbers::Whole(places.filter_map(|at| numbers.get(at)).copied().collect()),
    };
    Ok(Array { shape, numbers, width: None })
}
