//! How far inputs lie from reference inputs in the features of the model's last layer, a few a piece.

use super::{ExplanationContext, Piece};
use crate::drive::read;
use crate::explain::Rows;
use crate::upload::floats;
use foolproof_core::protocol::{Explained, Fault, Neighbours};

/// Numbers of input whose features are found at once.
const AT_ONCE: usize = 1 << 16;
/// Inputs whose neighbours are found at once.
const COMPARED: usize = 64;
/// The largest distance of rows of length 1: where all references are one picture, none has a neighbour.
const FARTHEST: f32 = 2.0;

/// How far it is.
#[derive(Default)]
pub struct Progress {
    rows: Option<Rows>,
    found: Neighbours,
}

/// The features of a few more inputs, or once all have theirs, the neighbours of a few more.
pub async fn advance(
    references: u32,
    progress: &mut Progress,
    context: &ExplanationContext<'_>,
) -> Result<Piece, Fault> {
    let count = context.asked.job.inputs.shape[0];
    let known = progress.rows.as_ref().map_or(0, Rows::count);
    if known < count {
        let features = features(known, context).await?;
        let width = features.len() / (count - known).min(at_once(context));
        progress.rows.get_or_insert_with(|| Rows::new(width.max(1))).extend(&features);
        return Ok((None, false));
    }
    let Some(rows) = &progress.rows else { return Ok((None, true)) };
    let (references, found) = (references as usize, &mut progress.found);
    let done = found.usual.len() + found.near.len();
    for at in done..count.min(done + COMPARED) {
        let nearest = rows.nearest(at, references, |other| other == at || is_same(at, other, context));
        match at < references {
            true => found.usual.push(nearest.last().map_or(FARTHEST, |(_, far)| *far)),
            false => found.near.push(nearest),
        }
    }
    let over = found.usual.len() + found.near.len() == count;
    Ok((over.then(|| Explained::Neighbours(std::mem::take(found))), over))
}

/// Whether two inputs are the same picture, which is no neighbour of itself.
fn is_same(at: usize, other: usize, context: &ExplanationContext<'_>) -> bool {
    let size: usize = context.model.input.iter().product();
    let pixels = |at: usize| &context.asked.job.inputs.pixels[at * size..(at + 1) * size];
    pixels(at) == pixels(other)
}

fn at_once(context: &ExplanationContext<'_>) -> usize {
    (AT_ONCE / context.model.input.iter().product::<usize>()).max(1)
}

/// The features of the next inputs, row by row.
async fn features(first: usize, context: &ExplanationContext<'_>) -> Result<Vec<f32>, Fault> {
    let inputs = &context.asked.job.inputs;
    let [count, channels, rows, columns] = inputs.shape;
    let (end, size) = (count.min(first + at_once(context)), channels * rows * columns);
    let pixels = inputs.pixels[first * size..end * size].to_vec();
    let inputs = floats(pixels, [end - first, channels, rows, columns], &context.models.device);
    read(context.model.network.features(inputs)).await
}
