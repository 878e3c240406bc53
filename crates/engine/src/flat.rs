//! A network's weights as one row of numbers: an optimiser is then a dozen operations, however many layers there are.
//!
//! On the device a row holds burn's own shapes one after another. Outside, in files and messages, the lists are
//! PyTorch's, which keeps the weight of a linear layer the other way round.

use crate::sequential::Sequential;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor};
use foolproof_core::architecture::Parameter;

/// The same network with the weights of this row, frozen.
///
/// # Shapes
/// `row`: as many numbers as the network has weights.
pub fn frozen(network: &Sequential, row: &Tensor<1>) -> Sequential {
    network.clone().map(&mut Scatter { row, at: 0, tracked: false }).reweighed(false)
}

/// The same network with the weights of this row, each of which collects a gradient.
///
/// # Shapes
/// As for [`frozen`].
pub fn tracked(network: &Sequential, row: &Tensor<1>) -> Sequential {
    network.clone().map(&mut Scatter { row, at: 0, tracked: true }).reweighed(true)
}

/// A network's weights as a row.
///
/// # Shapes
/// The result: as many numbers as the network has weights.
pub fn row(network: &Sequential) -> Tensor<1> {
    let mut parts = Parts(Vec::new());
    network.visit(&mut parts);
    Tensor::cat(parts.0, 0)
}

/// The gradients of a tracked network's weights, taken out of `gradients`, as a row; 0 where nothing flowed.
pub fn gradient(network: &Sequential, gradients: &mut Gradients) -> Tensor<1> {
    let mut gather = Gather { gradients, found: Vec::new() };
    network.visit(&mut gather);
    Tensor::cat(gather.found, 0)
}

/// PyTorch's list as a row, or a row as PyTorch's list if `back`: linear weights are turned.
pub fn turned(parameters: &[Parameter], values: &[f32], back: bool) -> Vec<f32> {
    let mut out = Vec::with_capacity(values.len());
    let mut at = 0;
    for parameter in parameters {
        let count: usize = parameter.shape.iter().product();
        let part = &values[at..at + count];
        match parameter.shape[..] {
            [rows, columns] => {
                let (rows, columns) = if back { (columns, rows) } else { (rows, columns) };
                out.extend((0..count).map(|place| part[(place % rows) * columns + place / rows]));
            }
            _ => out.extend_from_slice(part),
        }
        at += count;
    }
    out
}

struct Scatter<'a> {
    row: &'a Tensor<1>,
    at: usize,
    tracked: bool,
}

impl ModuleMapper for Scatter<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let from = self.at;
        param.map(|old| {
            let shape = old.shape();
            self.at = from + shape.num_elements();
            let part = self.row.clone().slice(from..self.at).reshape(shape);
            if self.tracked { Tensor::from_inner(part).require_grad() } else { part }
        })
    }
}

struct Parts(Vec<Tensor<1>>);

impl ModuleVisitor for Parts {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let weight = param.val();
        let count = weight.shape().num_elements();
        self.0.push(weight.reshape([count]));
    }
}

struct Gather<'a> {
    gradients: &'a mut Gradients,
    found: Vec<Tensor<1>>,
}

impl ModuleVisitor for Gather<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let weight = param.val();
        let found = weight.grad_remove(self.gradients).unwrap_or_else(|| weight.clone().inner().zeros_like());
        self.found.push(found.reshape([weight.shape().num_elements()]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::architecture::Role;

    #[test]
    fn turning_a_list_and_back_changes_nothing() {
        let parameter = |shape: &[usize]| Parameter {
            name: String::new(),
            shape: shape.to_vec(),
            role: Role::Weight { fan_in: 1 },
        };
        let parameters = [parameter(&[2, 3]), parameter(&[2]), parameter(&[2, 1, 2, 2])];
        let values: Vec<f32> = (0..16u8).map(f32::from).collect();
        let row = turned(&parameters, &values, false);
        assert_eq!(row[..8], [0.0, 3.0, 1.0, 4.0, 2.0, 5.0, 6.0, 7.0]);
        assert_eq!(turned(&parameters, &row, true), values);
    }
}
