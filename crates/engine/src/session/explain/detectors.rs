//! What detectors say of one input and its adversarial twin, all in one piece: they learn from a few hundred inputs.

use super::{ExplanationContext, Piece};
use crate::session::watches::Watches;
use crate::upload::floats;
use foolproof_core::protocol::{Explained, Fault};

/// The verdicts.
pub async fn advance(context: &ExplanationContext<'_>) -> Result<Piece, Fault> {
    let job = &context.asked.job;
    let watch = Watches::default().of(context.models, &job.models[0], job.detection.as_ref()).await?;
    let Some(watch) = watch else { return Ok((Some(Explained::Detected(Vec::new())), true)) };
    let upload = |pixels: &[f32]| floats(pixels.to_vec(), job.inputs.shape, &context.models.device);
    let found = watch.judge(&upload(&job.inputs.pixels), &upload(&context.asked.adversarial)).await?;
    Ok((Some(Explained::Detected(found)), true))
}
