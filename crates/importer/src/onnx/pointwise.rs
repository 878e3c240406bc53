//! Functions of each number by itself.

use super::message::Node;
use super::steps::Kind;
use super::value::{Affine, Value, View};
use super::walk::Walk;
use foolproof_core::architecture::LayerSpec;

/// Bounds at least so far away are none: exporters write the largest float.
const NO_BOUND: f32 = 1e30;

/// The layer of a function; `None` if the operator is no such function.
///
/// # Errors
/// A clause that names what no layer here does.
pub fn layer(walk: &mut Walk, node: &Node) -> Result<Option<Value>, String> {
    let layer = match node.op {
        "Relu" => LayerSpec::Relu,
        "LeakyRelu" => LayerSpec::LeakyRelu { slope: node.float("alpha").unwrap_or(0.01) },
        "Tanh" => LayerSpec::Tanh,
        "Sigmoid" => return sigmoid(walk, node).map(Some),
        "Erf" => return erf(walk, node).map(Some),
        "Gelu" => match node.text("approximate").unwrap_or("none") {
            "none" => LayerSpec::Gelu,
            other => {
                return Err(format!(
                    "its GELU is approximated ({}), and only the exact one is computed",
                    crate::bounds::brief(other)
                ));
            }
        },
        "Clip" => return clip(walk, node).map(Some),
        "Max" | "Min" => return bound(walk, node).map(Some),
        _ => return Ok(None),
    };
    let view = walk.view(node, 0)?;
    apply(walk, &view, layer).map(Some)
}

/// A function over all that a view shows.
fn apply(walk: &mut Walk, view: &View, layer: LayerSpec) -> Result<Value, String> {
    let from = walk.steps.settle(view)?;
    let shape = walk.steps.get(from)?.shape.clone();
    let step = walk.steps.layer(from, layer, Vec::new(), shape)?;
    Ok(Value::View(View { step, affine: Affine::none(), ..view.clone() }))
}

fn sigmoid(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let value = apply(walk, &view, LayerSpec::Sigmoid)?;
    if let Value::View(made) = &value {
        walk.steps.remember(made.step, &view);
    }
    Ok(value)
}

/// The error function; it becomes a GELU where it is multiplied with what it was computed of.
fn erf(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let shape = walk.steps.get(view.step)?.shape.clone();
    let step = walk.steps.push(Kind::Erf, shape, view.step)?;
    walk.steps.remember(step, &view);
    Ok(Value::View(View { step, affine: Affine::none(), ..view }))
}

/// `Clip` at 0, or at 0 and 6.
fn clip(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let mut ends = [node.float("min"), node.float("max")];
    for (end, at) in ends.iter_mut().zip(1..) {
        if let Some(given) = walk.reals(node, at)? {
            *end = given.numbers().first().copied();
        }
    }
    let [low, high] = ends.map(|end| end.filter(|end| end.abs() < NO_BOUND));
    match (low, high) {
        (None, None) => Ok(Value::View(view)),
        (Some(0.0), None) => apply(walk, &view, LayerSpec::Relu),
        (Some(0.0), Some(6.0)) => apply(walk, &view, LayerSpec::Relu6),
        _ => {
            let told = |end: Option<f32>| end.map_or("no end".to_owned(), |end| end.to_string());
            Err(format!("it clips at {} and {}, and only at 0, or 0 and 6, is read", told(low), told(high)))
        }
    }
}

/// `Max` with 0, and `Min` with 6 behind it.
fn bound(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let other = || "only the larger of 0 and the smaller of 6 behind a ReLU are read".to_owned();
    let (view, at) = match (walk.input(node, 0)?, walk.input(node, 1)?) {
        (Value::View(view), _) => (view, 1),
        (_, Value::View(view)) => (view, 0),
        _ => return Err(other()),
    };
    let end = walk.reals(node, at)?.filter(|end| end.numbers().len() == 1);
    let end = end.and_then(|end| end.numbers().first().copied()).filter(|_| node.inputs.len() == 2);
    let behind = match &walk.steps.get(view.step)?.kind {
        Kind::Layer { from, layer: LayerSpec::Relu, .. } if view.affine.is_none() => Some(*from),
        _ => None,
    };
    match (node.op, end, behind) {
        ("Max", Some(0.0), _) => apply(walk, &view, LayerSpec::Relu),
        ("Min", Some(6.0), Some(step)) => apply(walk, &View { step, ..view }, LayerSpec::Relu6),
        _ => Err(other()),
    }
}
