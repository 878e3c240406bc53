//! The model's answers on many inputs, a few hundred a piece.

use super::{ExplanationContext, Piece};
use crate::drive::{prediction, read};
use crate::upload::floats;
use foolproof_core::protocol::{Explained, Fault};

/// Numbers of input at once.
const AT_ONCE: usize = 1 << 16;

/// A few more of the answers.
pub async fn advance(found: &mut Vec<f32>, context: &ExplanationContext<'_>) -> Result<Piece, Fault> {
    let (inputs, classes) = (&context.asked.job.inputs, context.model.classes);
    let [count, channels, rows, columns] = inputs.shape;
    let size = channels * rows * columns;
    let first = found.len() / classes;
    let end = count.min(first + (AT_ONCE / size).max(1));
    let pixels = inputs.pixels[first * size..end * size].to_vec();
    let pictures = floats(pixels, [end - first, channels, rows, columns], &context.models.device);
    let logits = read(context.model.network.forward(pictures)).await?;
    found.extend(logits.chunks_exact(classes).flat_map(|logits| prediction(logits).probabilities));
    let over = end == count;
    Ok((over.then(|| Explained::Answers(std::mem::take(found))), over))
}
