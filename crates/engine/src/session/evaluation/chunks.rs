//! The inputs of an evaluation, cut into chunks.

use foolproof_core::protocol::Inputs;

/// Inputs attacked at once: enough for the kernels, few enough that a step stays far below a second.
pub const CHUNK: usize = 50;

/// At most [`CHUNK`] inputs from one on.
pub fn chunk(inputs: &Inputs, from: usize) -> Inputs {
    let [batch, channels, rows, columns] = inputs.shape;
    let to = batch.min(from + CHUNK);
    let all: Vec<usize> = (from..to).collect();
    pick(inputs, &all, [channels, rows, columns])
}

/// At most so many inputs, from the first.
pub fn first(inputs: &Inputs, most: usize) -> Inputs {
    let [batch, channels, rows, columns] = inputs.shape;
    pick(inputs, &(0..batch.min(most)).collect::<Vec<_>>(), [channels, rows, columns])
}

/// These inputs.
pub fn pick(inputs: &Inputs, places: &[usize], [channels, rows, columns]: [usize; 3]) -> Inputs {
    let size = channels * rows * columns;
    let pixels = places.iter().flat_map(|&place| inputs.pixels[place * size..(place + 1) * size].iter().copied());
    let labels = inputs.labels.as_ref().map(|labels| places.iter().map(|&place| labels[place]).collect());
    Inputs { shape: [places.len(), channels, rows, columns], pixels: pixels.collect(), labels }
}
