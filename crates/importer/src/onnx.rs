//! ONNX files: the graph becomes a list of layers with their weights.
//!
//! Each node's name gets a value (`walk`): known numbers, or a view on a step of the network (`steps`). Scales and shifts
//! stay with the view until a layer needs them, and become part of the layer before, a `Normalise` or a batch norm.
//! Channels that come last, as in TensorFlow, are a property of the view; weights behind them are sorted by it. In the
//! end the steps become a list (`list`). The operators are those of <https://onnx.ai/onnx/operators/>.

mod arithmetic;
mod array;
mod convolution;
mod endings;
mod entry;
mod exit;
mod folding;
mod linear;
mod list;
mod message;
mod pointwise;
mod pooling;
mod shapes;
mod steps;
mod turn;
mod value;
mod walk;
mod wire;

use crate::Expectation;
use foolproof_core::architecture::{Architecture, Parameter};

/// The oldest version of ONNX's operators whose files are read; below it Clip, Pad and others were written otherwise.
const OLDEST: i64 = 7;
/// The newest one that is known.
const NEWEST: i64 = 25;

/// A network with its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Its layers.
    pub architecture: Architecture,
    /// All numbers in the order of [`Architecture::parameters`], in PyTorch's shapes; for batch norms factors and
    /// summands. What `foolproof_core::weights::write` takes.
    pub values: Vec<f32>,
    /// What was taken otherwise than it stands in the file, one sentence each.
    pub notices: Vec<String>,
}

/// Reads an ONNX file's bytes as a network for these inputs and classes. The caller bounds the file's length.
///
/// # Errors
/// A clause that names the node or tensor that cannot be read and why, or what does not fit.
pub fn read(bytes: &[u8], expected: &Expectation) -> Result<Network, String> {
    let model = message::read(bytes).map_err(|why| format!("it is no ONNX file, or was cut off: {why}"))?;
    if !(OLDEST..=NEWEST).contains(&model.opset) {
        return Err(format!("its operators have version {}, and {OLDEST} to {NEWEST} are read", model.opset));
    }
    let mut walk = walk::Walk::new(&model.graph, model.opset, expected)?;
    for (at, node) in model.graph.nodes.iter().enumerate() {
        walk.node(at, node)?;
    }
    let end = exit::logits(&mut walk, &model.graph.outputs, expected.classes)?;
    let list = list::list(&walk.steps, end)?;
    let architecture = Architecture::new(expected.input, expected.classes, list.layers);
    let parameters = architecture.parameters().map_err(|fault| fault.message.trim_end_matches('.').to_owned())?;
    if parameters.iter().map(Parameter::count).sum::<usize>() != list.values.len() {
        return Err("its weights are not as many as its layers ask for".into());
    }
    let mut values = list.values.iter();
    for parameter in &parameters {
        if !values.by_ref().take(parameter.count()).all(|value| value.is_finite()) {
            return Err(format!("its weights “{}” are not finite", parameter.name));
        }
    }
    Ok(Network { architecture, values: list.values, notices: walk.notices })
}

#[cfg(test)]
mod tests;
