//! From tensors to samples: the readback, and what it says of each input.

use crate::engine::case::Goal;
use crate::protocol::{Distance, Fault, FaultKind, Prediction, Sample};
use burn::tensor::Tensor;

/// How a row of the result is laid out: clean pixels, best pixels, best logits, clean logits, class, truth, whether
/// every first gradient was zero, queries to the first success, losses.
pub(super) struct Layout {
    pub features: usize,
    pub classes: usize,
    pub goal: Goal,
}

impl Layout {
    /// Reads one row.
    pub fn sample(&self, row: &[f32]) -> Sample {
        let (clean, row) = row.split_at(self.features);
        let (pixels, row) = row.split_at(self.features);
        let (logits, row) = row.split_at(self.classes);
        let (clean_logits, row) = row.split_at(self.classes);
        let (class, row) = row.split_at(self.classes);
        let (truth, row) = row.split_at(self.classes);
        let (clean_answer, answer) = (prediction(clean_logits), prediction(logits));
        let class = largest(class);
        let met = |answer: u32| (answer == class) == (self.goal == Goal::Reach);
        let queries = row[1] as u32;
        Sample {
            truth: largest(truth),
            success: met(answer.label) && !met(clean_answer.label),
            clean: clean_answer,
            adversarial: answer,
            pixels: pixels.to_vec(),
            distance: distance(clean, pixels),
            queries: (queries > 0).then_some(queries),
            iterate: None,
            zero_gradient: row[0] == 1.0,
            loss: row[2..].to_vec(),
        }
    }
}

/// The values of a tensor.
///
/// # Errors
/// A [`Fault`] if the device fails, or if a value is not finite.
pub async fn read<const D: usize>(x: Tensor<D>) -> Result<Vec<f32>, Fault> {
    let failed = |why: String| Fault::new(FaultKind::Crash, format!("The result could not be read back: {why}."));
    let data = x.into_data_async().await.map_err(|error| failed(error.to_string()))?;
    let values: Vec<f32> = data.iter::<f32>().collect();
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(Fault::new(FaultKind::NotFinite, "The computation ran into numbers that are not finite.")),
    }
}

/// The class that each row of logits answers.
///
/// # Errors
/// A [`Fault`] if the device fails, or if a value is not finite.
pub async fn answers(logits: Tensor<2>) -> Result<Vec<u32>, Fault> {
    let [_, classes] = logits.dims();
    Ok(read(logits).await?.chunks_exact(classes).map(largest).collect())
}

/// Place of the largest value, the first one of equals.
fn largest(values: &[f32]) -> u32 {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best as u32
}

/// Class and probabilities from logits.
pub fn prediction(logits: &[f32]) -> Prediction {
    let label = largest(logits);
    let top = logits[label as usize];
    let scaled: Vec<f32> = logits.iter().map(|logit| (logit - top).exp()).collect();
    let sum: f32 = scaled.iter().sum();
    Prediction { label, probabilities: scaled.into_iter().map(|value| value / sum).collect() }
}

/// Size of a perturbation in four norms.
pub fn distance(clean: &[f32], x: &[f32]) -> Distance {
    let changes = clean.iter().zip(x).map(|(clean, x)| (f64::from(*x) - f64::from(*clean)).abs());
    let (mut l0, mut l1, mut square, mut linf) = (0.0f32, 0.0f64, 0.0f64, 0.0f64);
    for change in changes {
        l0 += f32::from(u8::from(change > 0.0));
        l1 += change;
        square += change * change;
        linf = linf.max(change);
    }
    Distance { l0, l1: l1 as f32, l2: square.sqrt() as f32, linf: linf as f32 }
}
