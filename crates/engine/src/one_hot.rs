//! One-hot rows: of given classes, and of those that a model answers.

use crate::upload::{floats, numbers};
use burn::tensor::{Device, Tensor};

/// One-hot rows, `[batch, class]`; a label is below `classes`.
pub fn one_hot(labels: &[u32], classes: usize, device: &Device) -> Tensor<2> {
    let mut rows = vec![0.0f32; labels.len() * classes];
    for (index, &label) in labels.iter().enumerate() {
        rows[index * classes + label as usize] = 1.0;
    }
    floats(rows, [labels.len(), classes], device)
}

/// One-hot rows of the classes that a model itself answers, without reading them back.
///
/// # Shapes
/// `logits` and the result: `[batch, class]`.
pub fn own_answer(logits: &Tensor<2>) -> Tensor<2> {
    let [batch, classes] = logits.dims();
    let device = logits.device();
    let each = numbers(classes, &device).reshape([1, classes]);
    each.expand([batch, classes]).equal(logits.clone().argmax(1).float().expand([batch, classes])).float()
}
