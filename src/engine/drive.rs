//! The one loop that every attack runs in: project, judge, keep the best.

use super::attack::{Attack, Plan, Probe, Run};
use super::ball::{Ball, per_sample};
use super::case::{Case, Goal};
use super::{loss, sequential::Sequential};
use crate::protocol::{Distance, Fault, FaultKind, Prediction, Sample};
use burn::tensor::Tensor;

/// An attack under way on one model. Success is kept per sample, over every iterate of every restart.
pub struct Drive {
    model: Sequential,
    case: Case,
    ball: Ball,
    attack: Box<dyn Attack>,
    run: Box<dyn Run>,
    at: Tensor<4>,
    done: u32,
    best: Best,
    clean_logits: Tensor<2>,
    losses: Vec<Tensor<2>>,
    /// 1 for a sample whose first gradient was zero in every restart so far, `[batch, 1]`.
    blind: Tensor<2>,
    queries: u32,
}

/// The iterate of each sample that went furthest past the decision boundary.
struct Best {
    x: Tensor<4>,
    logits: Tensor<2>,
    /// Margin toward the goal, `[batch, 1]`; positive is success.
    score: Tensor<2>,
}

impl Drive {
    /// Starts an attack. `model` has its weights frozen (`Module::valid`); `clean_logits` are its answer on the case.
    pub fn new(model: Sequential, case: Case, ball: Ball, attack: Box<dyn Attack>, clean_logits: Tensor<2>) -> Drive {
        let (start, run) = attack.begin(&case, &ball, 0);
        let score = score(&case, &clean_logits);
        let best = Best { x: case.clean.clone(), logits: clean_logits.clone(), score: score.clone() };
        let at = ball.project(&case.clean, start);
        let blind = score.ones_like();
        Drive { model, case, ball, attack, run, at, done: 0, best, clean_logits, losses: Vec::new(), blind, queries: 1 }
    }

    /// Steps done and steps in all, over every restart.
    pub fn progress(&self) -> (u32, u32) {
        let Plan { steps, restarts } = self.attack.plan();
        (self.done, steps * restarts)
    }

    /// Takes at most `count` steps, without reading anything back. Answers whether steps are left.
    pub fn advance(&mut self, count: u32) -> bool {
        let (_, total) = self.progress();
        for _ in 0..count.min(total - self.done) {
            self.step();
        }
        self.done < total
    }

    fn step(&mut self) {
        let steps = self.attack.plan().steps;
        let first = self.done.is_multiple_of(steps);
        let mut probe = Probe::new(&self.model, &self.case, &self.ball, self.at.clone(), self.queries);
        let next = self.run.step(&mut probe);
        let (logits, gradient) = (probe.logits.take(), probe.gradient.take());
        self.queries = probe.queries;
        if let (true, Some(gradient)) = (first, gradient) {
            let size = per_sample(&gradient.abs(), |flat| flat.max_dim(1)).flatten::<2>(1, 3);
            self.blind = self.blind.clone() * size.equal_scalar(0.0).float();
        }
        self.judge(logits);
        self.at = self.ball.project(&self.case.clean, next);
        self.done += 1;
        if self.done.is_multiple_of(steps) {
            self.judge(None);
            self.restart(self.done / steps);
        }
    }

    /// Judges the iterate by its logits, asking the model for them where the attack did not.
    fn judge(&mut self, logits: Option<Tensor<2>>) {
        let logits = logits.unwrap_or_else(|| {
            self.queries += 1;
            self.model.forward(self.at.clone())
        });
        self.losses.push(loss::cross_entropy(&logits, &self.case.class));
        let score = score(&self.case, &logits);
        let better = score.clone().greater(self.best.score.clone());
        let (batch, dims) = (better.dims()[0], self.at.dims());
        let of_pixels = better.clone().reshape([batch, 1, 1, 1]).expand(dims);
        let of_logits = better.clone().expand(logits.dims());
        self.best = Best {
            x: self.best.x.clone().mask_where(of_pixels, self.at.clone()),
            logits: self.best.logits.clone().mask_where(of_logits, logits),
            score: self.best.score.clone().mask_where(better, score),
        };
    }

    fn restart(&mut self, restart: u32) {
        if restart < self.attack.plan().restarts {
            let (start, run) = self.attack.begin(&self.case, &self.ball, restart);
            self.at = self.ball.project(&self.case.clean, start);
            self.run = run;
        }
    }

    /// Waits for the steps taken so far and tells whether every sample has met its goal.
    ///
    /// # Errors
    /// A [`Fault`] if the device fails, or if a score is not finite.
    pub async fn all_succeeded(&self) -> Result<bool, Fault> {
        Ok(read(self.best.score.clone()).await?.into_iter().all(|score| score > 0.0))
    }

    /// Tells whether every clean input meets the goal already.
    ///
    /// # Errors
    /// As [`Drive::all_succeeded`].
    pub async fn clean_succeeded(&self) -> Result<bool, Fault> {
        Ok(read(score(&self.case, &self.clean_logits)).await?.into_iter().all(|score| score > 0.0))
    }

    /// Reads the result back, in one go.
    ///
    /// # Errors
    /// A [`Fault`] if the device fails, or if anything in the result is not finite.
    pub async fn finish(self) -> Result<Finished, Fault> {
        let clean = read(self.case.clean.clone()).await?;
        let batch = self.case.clean.dims()[0];
        let features = clean.len() / batch;
        let classes = self.clean_logits.dims()[1];
        let Case { class, truth, goal, .. } = self.case;
        let (best, clean_logits, blind) = (self.best, self.clean_logits, self.blind);
        let mut columns = vec![best.x.flatten(1, 3), best.logits, clean_logits, class, truth, blind];
        columns.extend(self.losses);
        let rows = read(Tensor::cat(columns, 1)).await?;
        let width = rows.len() / batch;
        let samples = rows.chunks_exact(width).zip(clean.chunks_exact(features));
        let samples = samples.map(|(row, clean)| sample(row, clean, classes, goal)).collect();
        Ok(Finished { samples, queries: self.queries, step: self.attack.step_size() })
    }
}

/// What an attack made of its batch.
pub struct Finished {
    /// One an input, in order.
    pub samples: Vec<Sample>,
    /// Model queries an input.
    pub queries: u32,
    /// Step size in force, pixels.
    pub step: f32,
}

/// Margin toward the goal, `[batch, 1]`.
fn score(case: &Case, logits: &Tensor<2>) -> Tensor<2> {
    loss::margin(logits, &case.class).mul_scalar(case.goal.sign())
}

async fn read<const D: usize>(x: Tensor<D>) -> Result<Vec<f32>, Fault> {
    let failed = |why: String| Fault::new(FaultKind::Crash, format!("The result could not be read back: {why}."));
    let data = x.into_data_async().await.map_err(|error| failed(error.to_string()))?;
    let values: Vec<f32> = data.iter::<f32>().collect();
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(Fault::new(FaultKind::NotFinite, "The attack ran into numbers that are not finite.")),
    }
}

/// Reads one row laid out as in [`Drive::finish`].
fn sample(row: &[f32], clean: &[f32], classes: usize, goal: Goal) -> Sample {
    let (pixels, row) = row.split_at(clean.len());
    let (logits, row) = row.split_at(classes);
    let (clean_logits, row) = row.split_at(classes);
    let (class, row) = row.split_at(classes);
    let (truth, row) = row.split_at(classes);
    let (clean_answer, answer) = (prediction(clean_logits), prediction(logits));
    let class = largest(class);
    let met = |answer: u32| (answer == class) == (goal == Goal::Reach);
    Sample {
        truth: largest(truth),
        success: met(answer.label) && !met(clean_answer.label),
        clean: clean_answer,
        adversarial: answer,
        pixels: pixels.to_vec(),
        distance: distance(clean, pixels),
        zero_gradient: row[0] == 1.0,
        loss: row[1..].to_vec(),
    }
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
