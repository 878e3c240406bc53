//! From tensors to samples: the readback, and what it says of each input.

use super::Drive;
use crate::attack::Unable;
use crate::ball::Ball;
use crate::case::{Case, Goal, places};
use crate::on_gpu;
use crate::sequential::Sequential;
use burn::tensor::Tensor;
use foolproof_core::protocol::{EightBit, Fault, FaultKind, Prediction, Sample, SampleOutcome};

/// Less than one vote makes in the logarithm of a share.
const LEAST_VOTE: f32 = 1e-5;

/// What an attack made of its batch.
pub struct Finished {
    /// One an input, in order.
    pub samples: Vec<Sample>,
    /// Most model queries that an input took.
    pub queries: u32,
    /// Step size in force, pixels.
    pub step: f32,
    /// Looks that each answer is judged by: 1 unless the model draws at random.
    pub draws: u32,
}

/// What a batch has come to, all `[batch, _]`.
pub(super) struct Ending<'a> {
    pub case: &'a Case,
    /// In whose units distances are told.
    pub ball: &'a Ball,
    /// Best pixels, `[batch, channel, row, column]`.
    pub x: Tensor<4>,
    /// The answer on them.
    pub logits: Tensor<2>,
    /// 1 where every first gradient was zero.
    pub blind: Tensor<2>,
    /// What the attack could not be carried out on.
    pub unable: Option<&'a Unable>,
    /// Queries to the first success; 0 where there is none.
    pub queries: Tensor<2>,
    /// One an iterate that was noted.
    pub losses: &'a [Tensor<2>],
}

impl Ending<'_> {
    /// Reads these rows back, or all, in one go. The model is asked once more, on the pixels rounded to 8 bits: that
    /// serves no attack, and counts as no query. One that draws at random is judged anew on all, by many draws: of those
    /// that the attack saw it has kept the luckiest.
    ///
    /// # Errors
    /// A [`Fault`] if the device fails, or if anything in the result is not finite.
    pub async fn read(self, model: &Sequential, rows: Option<&[usize]>) -> Result<Vec<Sample>, Fault> {
        let case = self.case;
        let index = rows.map(|rows| places(rows, &self.x.device()));
        let x = index.clone().map_or_else(|| self.x.clone(), |index| self.x.clone().select(0, index));
        let [count, ..] = x.dims();
        let eight_bit = votes(model, &rounded(x), &rows.map_or_else(|| case.clone(), |rows| case.select(rows)));
        let (logits, clean_logits) = match model.is_random() {
            true => (votes(model, &self.x, case), votes(model, &case.clean, case)),
            false => (self.logits, case.logits.clone()),
        };
        let unable = self.unable.map_or_else(|| self.blind.zeros_like(), |unable| unable.samples.clone());
        let mut columns = vec![case.clean.clone().flatten(1, 3), self.x.flatten(1, 3), logits];
        columns.extend([clean_logits, case.class.clone(), case.truth.clone(), self.blind, unable, self.queries]);
        columns.extend_from_slice(self.losses);
        let all = on_gpu::joined(&columns).unwrap_or_else(|| Tensor::cat(columns, 1));
        let these = index.map_or_else(|| all.clone(), |index| all.clone().select(0, index));
        let [_, classes] = case.class.dims();
        let why = self.unable.map_or(SampleOutcome::Held, |unable| unable.why);
        let layout = Layout { features: case.features(), classes, goal: case.goal, ball: self.ball, why };
        let read = read(Tensor::cat(vec![eight_bit, these], 1)).await?;
        Ok(read.chunks_exact(read.len() / count).map(|row| layout.sample(row)).collect())
    }
}

impl Drive {
    /// What the model says of the first input as it is. Reads back.
    ///
    /// # Errors
    /// A [`Fault`] if the device fails.
    pub async fn clean_answer(&self) -> Result<Prediction, Fault> {
        let row = 0..1;
        Ok(prediction(&read(self.case.logits.clone().slice([row])).await?))
    }
}

/// What a result is judged by. Draws that are divided are no answer: where as many say another class as the true one, that
/// one counts.
fn votes(model: &Sequential, x: &Tensor<4>, case: &Case) -> Tensor<2> {
    let judged = model.judged(x, &case.keys);
    if model.is_random() { judged - case.truth.clone().mul_scalar(LEAST_VOTE) } else { judged }
}

/// Pixels as an 8-bit picture keeps them, halves upward as the page writes its files.
pub fn rounded(x: Tensor<4>) -> Tensor<4> {
    x.mul_scalar(255.0).add_scalar(0.5).floor().div_scalar(255.0)
}

/// How a row of the result is laid out: logits of the best pixels in 8 bits, clean pixels, best pixels, best logits,
/// clean logits, class, truth, whether every first gradient was zero, whether the attack could not be carried out, queries
/// to the first success, losses.
struct Layout<'a> {
    features: usize,
    classes: usize,
    goal: Goal,
    ball: &'a Ball,
    /// Why an attack could not be carried out, where it could not.
    why: SampleOutcome,
}

impl Layout<'_> {
    /// Reads one row.
    fn sample(&self, row: &[f32]) -> Sample {
        let (eight_bit, row) = row.split_at(self.classes);
        let (clean, row) = row.split_at(self.features);
        let (pixels, row) = row.split_at(self.features);
        let (logits, row) = row.split_at(self.classes);
        let (clean_logits, row) = row.split_at(self.classes);
        let (class, row) = row.split_at(self.classes);
        let (truth, row) = row.split_at(self.classes);
        let (clean_answer, answer) = (prediction(clean_logits), prediction(logits));
        let (class, truth) = (largest(class), largest(truth));
        let met = |answer: u32| (answer == class) == (self.goal == Goal::Reach);
        // To reach the true class fools nobody.
        let open = !met(clean_answer.label) && (self.goal == Goal::Leave || class != truth);
        let label = largest(eight_bit);
        let (success, queries) = (met(answer.label) && open, row[2] as u32);
        Sample {
            truth,
            target: (self.goal == Goal::Reach).then_some(class),
            success,
            outcome: match () {
                _ if success => SampleOutcome::Fooled,
                _ if !open => SampleOutcome::NothingToDo,
                _ if row[1] == 1.0 => self.why,
                _ if row[0] == 1.0 => SampleOutcome::NoGradient,
                _ => SampleOutcome::Held,
            },
            eight_bit: EightBit { label, success: met(label) && open },
            clean: clean_answer,
            adversarial: answer,
            pixels: pixels.to_vec(),
            distance: self.ball.sizes(clean, pixels),
            queries: (queries > 0).then_some(queries),
            iterate: None,
            zero_gradient: row[0] == 1.0,
            loss: row[3..].to_vec(),
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
