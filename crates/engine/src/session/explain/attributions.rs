//! Attributions, method by method and picture by picture.

use super::{ExplanationContext, Piece};
use crate::case::one_hot;
use crate::drive::{prediction, read};
use crate::explain::{gradient, integrated, occluded};
use burn::tensor::Tensor;
use foolproof_core::protocol::{Attribution, Explained, Fault, Method, OCCLUDED};

/// Pictures with a black square that are asked about at once.
const AT_ONCE: usize = 64;

/// How far it is.
pub struct Progress {
    /// The class that is asked about; `None` for each picture's own answer.
    class: Option<u32>,
    /// Methods and pictures that are done.
    done: usize,
    /// Logits with a square in black, of the occlusion under way.
    occluded: Vec<f32>,
}

impl Progress {
    /// Nothing is done.
    pub fn new(class: Option<u32>) -> Progress {
        Progress { class, done: 0, occluded: Vec::new() }
    }

    /// One piece: a gradient, or some of the squares.
    pub async fn advance(&mut self, context: &ExplanationContext<'_>) -> Result<Piece, Fault> {
        let (method, attacked) = (Method::ALL[self.done / 2], self.done % 2 == 1);
        let clean = &context.asked.job.inputs.pixels;
        let pixels = if attacked { &context.asked.adversarial } else { clean };
        let x = context.picture(pixels);
        let black = x.zeros_like();
        let logits = read(context.model.network.forward(Tensor::cat(vec![x.clone(), black], 0))).await?;
        let (logits, black) = logits.split_at(context.model.classes);
        let class = self.class.unwrap_or_else(|| prediction(logits).label);
        let wanted = one_hot(&[class], logits.len(), &context.models.device);
        let network = &context.model.network;
        let logit = logits[class as usize];
        let values = match method {
            Method::Gradient => read(gradient(network, &x, &wanted)).await?,
            Method::Integrated => read(integrated(network, &x, &wanted)).await?,
            Method::Occlusion => {
                let [channels, rows, columns] = context.model.input;
                let all = rows * columns;
                let next = self.occluded.len()..all.min(self.occluded.len() + AT_ONCE);
                self.occluded.extend(read(occluded(network, &x, &wanted, OCCLUDED, next)).await?);
                if self.occluded.len() < all {
                    return Ok((None, false));
                }
                let falls: Vec<f32> = self.occluded.drain(..).map(|left| logit - left).collect();
                falls.repeat(channels)
            }
        };
        self.done += 1;
        let found = Attribution { method, attacked, class, logit, black: black[class as usize], values };
        Ok((Some(Explained::Attribution(found)), self.done == 2 * Method::ALL.len()))
    }
}
