//! What a network learns of a pass back, layer by layer.

use crate::{
    grid::Grid,
    outer::Sums,
    plan::{Product, Stage},
    sweep::Stride,
    tile::LANES,
};

/// Gradients by what a network learns, layer by layer, in PyTorch's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gradients {
    /// By the weights of a convolution or a product, or the factors of a scale.
    pub weight: Vec<f32>,
    /// By the biases or summands, whether it has them or not.
    pub bias: Vec<f32>,
}

/// What a stage learns, while it is added up.
pub(crate) enum Learning {
    Nothing,
    Product(Sums),
    Scale(Gradients),
}

impl Learning {
    pub fn new(stage: &Stage) -> Learning {
        match stage {
            Stage::Product(product) => Learning::Product(product.outer.zero()),
            Stage::Scale(layer, _) => {
                let zero = || vec![0.0; layer.factor.len()];
                Learning::Scale(Gradients { weight: zero(), bias: zero() })
            }
            Stage::Relu | Stage::MaxPool(_) | Stage::AvgPool(_) | Stage::Flatten => Learning::Nothing,
        }
    }

    pub fn add(&mut self, stage: &Stage, values: &[f32], of: Grid, slope: &[f32], by: Grid) {
        match (self, stage) {
            (Learning::Product(sums), Stage::Product(Product { outer, .. })) => {
                let stride = Stride { run: of.width(), sample: of.len() };
                outer.add(sums, values, stride, slope, by.len(), values.len() / of.len());
            }
            (Learning::Scale(sums), Stage::Scale(layer, order)) => {
                layer.add_gradient(values, of, slope, by, |feature| order.of(feature), sums);
            }
            _ => {}
        }
    }

    pub fn gradients(self, stage: &Stage) -> Option<Gradients> {
        match (self, stage) {
            (Learning::Product(sums), Stage::Product(product)) => Some(unpacked(&sums, product)),
            (Learning::Scale(sums), _) => Some(sums),
            _ => None,
        }
    }
}

/// Sums in blocks of eight, in PyTorch's order.
fn unpacked(sums: &Sums, product: &Product) -> Gradients {
    let (results, window) = (product.outer.results, product.outer.runs * product.outer.length);
    let mut weight = vec![0.0; results * window];
    for (block, (_, sums)) in sums.iter().enumerate() {
        for (k, sums) in sums.iter().enumerate() {
            for (result, sum) in (block * LANES..results).zip(sums.to_array()) {
                weight[result * window + product.table[k]] = sum;
            }
        }
    }
    let bias = sums.iter().flat_map(|(bias, _)| bias.to_array()).take(results).collect();
    Gradients { weight, bias }
}
