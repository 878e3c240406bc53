//! The network that a dataset gets that has none yet.

use super::{Architecture, LayerSpec};

/// Fewest rows and columns of a picture that convolutions are for.
const FEWEST: usize = 8;
/// Channels of the two convolutions.
const CHANNELS: [usize; 2] = [16, 32];
/// Neurons of a hidden layer.
const HIDDEN: usize = 100;

impl Architecture {
    /// Two convolutions of stride 2 and a hidden layer, as the shipped network for digits has them (Wong and Kolter 2018,
    /// “Provable Defenses against Adversarial Examples via the Convex Outer Adversarial Polytope”); where a side is below 8,
    /// two hidden layers alone.
    pub fn usual(input: [usize; 3], classes: usize) -> Architecture {
        let [channels, rows, columns] = input;
        let mut layers = Vec::new();
        let features = if rows.min(columns) < FEWEST {
            layers.extend([LayerSpec::Flatten, LayerSpec::linear(channels * rows * columns, HIDDEN), LayerSpec::Relu]);
            HIDDEN
        } else {
            let [first, second] = CHANNELS;
            layers.extend([LayerSpec::conv2d(channels, first, 4, 2, 1), LayerSpec::Relu]);
            layers.extend([LayerSpec::conv2d(first, second, 4, 2, 1), LayerSpec::Relu, LayerSpec::Flatten]);
            // With a kernel of 4 and a pixel around, a stride of 2 halves a side, rounded down.
            second * (rows / 2 / 2) * (columns / 2 / 2)
        };
        layers.extend([LayerSpec::linear(features, HIDDEN), LayerSpec::Relu, LayerSpec::linear(HIDDEN, classes)]);
        Architecture::new(input, classes, layers)
    }
}
