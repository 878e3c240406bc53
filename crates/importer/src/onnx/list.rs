//! The list of layers that steps make: a chain, with residual blocks where branches come together again.

use super::steps::{Kind, Steps};
use foolproof_core::architecture::LayerSpec;
use std::collections::HashSet;

/// Deepest nesting of residual blocks, as in an architecture.
const DEEPEST: usize = 8;

/// Layers, and their numbers in the order of the architecture's parameters.
#[derive(Debug, Default)]
pub struct List {
    /// The layers.
    pub layers: Vec<LayerSpec>,
    /// Their numbers.
    pub values: Vec<f32>,
}

/// The list of all that leads from the input to a step.
///
/// # Errors
/// A clause that says which part no list of layers can express.
pub fn list(steps: &Steps, end: usize) -> Result<List, String> {
    let mut met = HashSet::new();
    let mut values = Vec::new();
    let layers = chain(steps, 0, end, 0, &mut met, &mut values)?;
    Ok(List { layers, values })
}

/// The layers between a step and a later one that is reached through it alone.
fn chain(
    steps: &Steps,
    start: usize,
    end: usize,
    depth: usize,
    met: &mut HashSet<usize>,
    values: &mut Vec<f32>,
) -> Result<Vec<LayerSpec>, String> {
    if depth > DEEPEST {
        return Err(format!("its branches are nested deeper than {DEEPEST} levels"));
    }
    let mut back = Vec::new();
    let mut at = end;
    while at != start {
        if !met.insert(at) {
            return Err(
                "a layer is used by two branches that do not begin at one place, which no list of layers can express"
                    .into(),
            );
        }
        back.push(at);
        at = steps.get(at)?.dominator;
    }
    let mut layers = Vec::new();
    for &at in back.iter().rev() {
        let step = steps.get(at)?;
        layers.push(match &step.kind {
            Kind::Layer { layer, values: own, .. } => {
                values.extend(own);
                layer.clone()
            }
            Kind::Sum(a, b) => {
                let from = step.dominator;
                // The empty one is the shortcut; of two with layers, the one that was computed first is.
                let (inner, shortcut) = if *a == from {
                    (*b, *a)
                } else if *b == from {
                    (*a, *b)
                } else {
                    longer(steps, from, *a, *b)?
                };
                let inner = chain(steps, from, inner, depth + 1, met, values)?;
                if shortcut == from {
                    LayerSpec::Residual(inner)
                } else {
                    let shortcut = chain(steps, from, shortcut, depth + 1, met, values)?;
                    LayerSpec::ProjectedResidual { inner, shortcut }
                }
            }
            Kind::Padded(..) => return Err("it has a Pad that no Conv follows".into()),
            Kind::Erf => return Err("it has an Erf that is no part of a GELU".into()),
            Kind::Input => return Err("its input comes in twice".into()),
        });
    }
    Ok(layers)
}

/// The two branches, that with more steps first: it is the block, and the other one its projection.
fn longer(steps: &Steps, from: usize, a: usize, b: usize) -> Result<(usize, usize), String> {
    let length = |mut at: usize| {
        let mut length = 0usize;
        while at != from {
            at = steps.get(at)?.dominator;
            length += 1;
        }
        Ok::<_, String>(length)
    };
    Ok(if length(a)? >= length(b)? { (a, b) } else { (b, a) })
}
