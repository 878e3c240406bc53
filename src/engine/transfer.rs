//! Transfer: what other networks make of the adversarial pictures that were crafted on one (Szegedy et al. 2014,
//! <https://arxiv.org/abs/1312.6199>). To craft on several at once, attack [`Sequential::mean_of`] them.

use super::drive::{prediction, read};
use super::metrics::Accuracy;
use super::sequential::Sequential;
use crate::protocol::{Fault, Prediction, Sample};
use burn::tensor::{Device, Tensor, TensorData};

/// Pictures that a network is asked about at once.
const BATCH: usize = 256;

/// What a network answers to clean pictures and to the adversarial ones made of them, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Answers to the clean pictures.
    pub clean: Vec<Prediction>,
    /// Answers to the adversarial ones.
    pub adversarial: Vec<Prediction>,
}

/// Has a network, not necessarily the one attacked, judge an attack's samples. `clean` holds the pixels of all inputs,
/// each of `shape` (channel, row, column).
///
/// # Errors
/// A [`Fault`] if the device fails, or if an answer is not finite.
pub async fn judge(
    network: &Sequential,
    clean: &[f32],
    samples: &[Sample],
    shape: [usize; 3],
    device: &Device,
) -> Result<Judged, Fault> {
    let moved: Vec<f32> = samples.iter().flat_map(|sample| sample.pixels.iter().copied()).collect();
    let clean = answers(network, clean, shape, device).await?;
    Ok(Judged { clean, adversarial: answers(network, &moved, shape, device).await? })
}

/// What a network answers to these pictures.
async fn answers(
    network: &Sequential,
    pixels: &[f32],
    shape: [usize; 3],
    device: &Device,
) -> Result<Vec<Prediction>, Fault> {
    let [channels, rows, columns] = shape;
    let features = channels * rows * columns;
    let mut answers = Vec::with_capacity(pixels.len() / features);
    for part in pixels.chunks(BATCH * features) {
        let count = part.len() / features;
        let x = Tensor::<4>::from_data(TensorData::new(part.to_vec(), [count, channels, rows, columns]), device);
        let logits = read(network.forward(x)).await?;
        answers.extend(logits.chunks_exact(logits.len() / count).map(prediction));
    }
    Ok(answers)
}

/// How often an attack's successes carry over: of the pictures that fooled the network they were made for, and that
/// this one answers right when clean, the share that fools it too. With a target, it has to answer the target.
pub fn rate(samples: &[Sample], judged: &Judged, target: Option<u32>) -> Accuracy {
    let answers = judged.clean.iter().zip(&judged.adversarial);
    let tried =
        samples.iter().zip(answers).filter(|(sample, (clean, _))| sample.success && clean.label == sample.truth);
    let fooled: Vec<bool> = tried
        .map(|(sample, (_, answer))| match target {
            Some(target) => answer.label == target,
            None => answer.label != sample.truth,
        })
        .collect();
    Accuracy::of(fooled.iter().filter(|&&fooled| fooled).count(), fooled.len())
}
