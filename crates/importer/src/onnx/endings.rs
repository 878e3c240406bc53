//! The end of a network: probabilities and classes, which are left out, since attacks work on logits.

use super::message::Node;
use super::steps::Kind;
use super::value::{Value, View};
use super::walk::Walk;
use foolproof_core::architecture::LayerSpec;

/// `Softmax`, `LogSoftmax` and `ArgMax` over the classes.
///
/// # Errors
/// A clause, if they are over something else.
pub fn ending(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let value = walk.input(node, 0)?;
    let logits = match &value {
        Value::View(view) => view.clone(),
        Value::Probabilities { logits, .. } if node.op == "ArgMax" => return Ok(Value::Label(logits.clone())),
        other => return Err(format!("its input 0 is {}, where logits are expected", other.told())),
    };
    let rank = i64::try_from(logits.shape.len()).unwrap_or(0) + 1;
    let usual = if node.op == "ArgMax" {
        0
    } else if walk.opset < 13 {
        1
    } else {
        -1
    };
    let axis = node.whole("axis").unwrap_or(usual);
    let axis = if axis < 0 { axis.saturating_add(rank) } else { axis };
    let classes = usize::try_from(axis - 1).ok().and_then(|axis| logits.shape.get(axis));
    if classes != Some(&logits.count()) {
        return Err(format!("it is not over the classes: axis {axis} of {:?}", logits.shape));
    }
    Ok(match node.op {
        "ArgMax" => Value::Label(logits),
        "LogSoftmax" => Value::Probabilities { logits, op: "LogSoftmax" },
        _ => Value::Probabilities { logits, op: "Softmax" },
    })
}

/// What a node makes of probabilities or classes that changes nothing about them; `None` if it gets none.
///
/// # Errors
/// A clause, if an input is not known.
pub fn passed(walk: &mut Walk, node: &Node) -> Result<Option<Value>, String> {
    if node.inputs.is_empty() {
        return Ok(None);
    }
    if node.op == "ArrayFeatureExtractor" {
        return match walk.input(node, 1)? {
            label @ Value::Label(_) => Ok(Some(label)),
            other => Err(format!("it picks a class by {}", other.told())),
        };
    }
    let quiet =
        ["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "ZipMap", "Dropout"].contains(&node.op);
    match walk.optional(node, 0)? {
        Some(label @ Value::Label(_)) if quiet || node.op == "LabelEncoder" => Ok(Some(label)),
        Some(value @ Value::Probabilities { .. }) if quiet => Ok(Some(value)),
        Some(Value::View(first)) if node.op == "Concat" => match walk.optional(node, 1)? {
            Some(Value::View(second)) => of_one_sigmoid(walk, &first, &second).map(Some),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// Probabilities of two classes from one sigmoid: `1 - p` and `p`.
fn of_one_sigmoid(walk: &Walk, less: &View, p: &View) -> Result<Value, String> {
    let step = walk.steps.get(p.step)?;
    let one = less.step == p.step && less.affine.single() == Some((-1.0, 1.0)) && p.affine.is_none() && p.count() == 1;
    match (&step.of, &step.kind) {
        (Some(logit), Kind::Layer { layer: LayerSpec::Sigmoid, .. }) if one => {
            Ok(Value::Probabilities { logits: logit.clone(), op: "Sigmoid" })
        }
        _ => Err("it puts branches side by side, which no list of layers can express".into()),
    }
}
