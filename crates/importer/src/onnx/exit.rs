//! The outputs of a graph: the logits among them.

use super::message::Port;
use super::steps::Kind;
use super::value::{Order, Value, View};
use super::walk::Walk;
use crate::bounds::brief;
use foolproof_core::architecture::{LayerSpec, LinearSpec};

/// The step that answers the logits.
///
/// # Errors
/// A clause that says why there is none.
pub fn logits(walk: &mut Walk, outputs: &[Port], classes: usize) -> Result<usize, String> {
    let (view, said) = found(walk, outputs, classes)?;
    if let Some(op) = said {
        walk.notice(&format!("The {op} at its end is left out: attacks work on what it gets, the logits."));
    }
    if view.count() == 1 && classes == 2 {
        return of_one(walk, &view);
    }
    if view.count() != classes || view.order != Order::Same {
        return Err(format!("it answers {:?} where {classes} logits are expected", view.shape));
    }
    let view = walk.steps.flatten(&view)?;
    walk.steps.settle(&view)
}

/// The logits, and what is behind them.
fn found(walk: &mut Walk, outputs: &[Port], classes: usize) -> Result<(View, Option<&'static str>), String> {
    let (mut answers, mut labels, mut lost) = (Vec::new(), Vec::new(), Vec::new());
    for port in outputs {
        match walk.output(port) {
            Some(Value::View(view)) => answers.push((view.clone(), None)),
            Some(Value::Probabilities { logits, op }) => answers.push((logits.clone(), Some(*op))),
            Some(Value::Label(logits)) => labels.push((port.name, logits.clone())),
            Some(other) => return Err(format!("its output “{}” is {}", brief(port.name), other.told())),
            None => match walk.refusal(port.name) {
                Some(why) => lost.push((port.name, why.clone())),
                None => return Err(format!("its output “{}” is made by nothing", brief(port.name))),
            },
        }
    }
    if answers.len() > 1 {
        // Features beside logits, for one.
        answers.retain(|(view, _)| view.count() == classes);
    }
    if let ([], [], [(_, why), ..]) = (&answers[..], &labels[..], &lost[..]) {
        return Err(why.clone());
    }
    let (view, said) = match (&answers[..], &labels[..]) {
        ([only], _) => only.clone(),
        ([], [(_, logits), ..]) => (logits.clone(), None),
        ([], []) => return Err(format!("none of its outputs answers {classes} logits")),
        (several, _) => {
            return Err(format!("{} of its outputs could be the logits, and one is expected", several.len()));
        }
    };
    for (name, why) in lost {
        walk.notice(&format!("Its output “{}” is left out: {why}.", brief(name)));
    }
    for (name, _) in labels {
        walk.notice(&format!("Its output “{}”, the class, is left out: it follows from the logits.", brief(name)));
    }
    // A sigmoid keeps the order of what it gets.
    let step = walk.steps.get(view.step)?;
    match (&step.of, &step.kind) {
        (Some(of), Kind::Layer { layer: LayerSpec::Sigmoid, .. }) if view.affine.is_none() => {
            Ok((of.clone(), Some("Sigmoid")))
        }
        _ => Ok((view, said)),
    }
}

/// Two logits of one number `z`, as much apart: `-z / 2` and `z / 2`, whose softmax is the sigmoid of `z`.
fn of_one(walk: &mut Walk, view: &View) -> Result<usize, String> {
    walk.notice("It answers one number, z; its two logits are -z/2 and z/2, which have the same probabilities.");
    let view = walk.steps.flatten(view)?;
    let end = walk.steps.settle(&view)?;
    let half = |values: &[f32]| values.iter().map(|value| value / 2.0).collect::<Vec<f32>>();
    let less = |values: &[f32]| values.iter().map(|value| -value / 2.0).collect::<Vec<f32>>();
    let (from, size, values) = match &walk.steps.get(end)?.kind {
        Kind::Layer { from, layer: LayerSpec::Linear(size), values } => {
            let (weight, bias) = values.split_at_checked(size.r#in).ok_or("its last layer has too few weights")?;
            (
                *from,
                LinearSpec { out: 2, ..size.clone() },
                [less(weight), half(weight), less(bias), half(bias)].concat(),
            )
        }
        _ => (end, LinearSpec { r#in: 1, out: 2, bias: false }, vec![-0.5, 0.5]),
    };
    walk.steps.layer(from, LayerSpec::Linear(size), values, vec![2])
}
