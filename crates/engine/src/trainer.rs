//! A run's steps: batch in, examples crafted on frozen weights, one pass, one step of the optimiser. Nothing is read
//! back until a lesson or the learner is asked for.

mod check;
mod pass;

use crate::case::{Case, own_answer};
use crate::defence::{BatchContext, Defence};
use crate::optimizer::{self, Pace};
use crate::pictures::Batch;
use crate::sequential::Sequential;
use crate::{ball::Ball, flat, loss, schedule, upload::floats, weights};
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::{Architecture, Parameter};
use foolproof_core::protocol::{Fault, FaultKind, Learner, Lesson, Recipe};

pub use check::check;
use pass::Pass;

/// A model in training.
pub struct Trainer {
    recipe: Recipe,
    ball: Ball,
    method: Box<dyn Defence>,
    parameters: Vec<Parameter>,
    /// Gives the layers; its own weights do not count.
    network: Sequential,
    sources: Vec<Sequential>,
    /// The learner as rows.
    weights: Tensor<1>,
    moments: Vec<Tensor<1>>,
    average: Option<Tensor<1>>,
    steps: u64,
    /// Loss, share of right answers and norm of the gradient, summed over the passes since the last lesson.
    seen: Option<Tensor<1>>,
    passes: u32,
    lesson: Lesson,
}

impl Trainer {
    /// A model that goes on where `learner` is; `sources` are frozen models that examples may be borrowed from.
    ///
    /// # Errors
    /// As [`check()`].
    pub fn new(
        architecture: &Architecture,
        recipe: &Recipe,
        learner: &Learner,
        sources: Vec<Sequential>,
        device: &Device,
    ) -> Result<Trainer, Fault> {
        let method = check(architecture, recipe, learner)?;
        let parameters = architecture.parameters()?;
        let network = weights::fresh(architecture, recipe.seed, device)?;
        let row = |values: &Vec<f32>| -> Tensor<1> {
            let values = flat::turned(&parameters, values, false);
            let count = values.len();
            floats(values, [count], device)
        };
        let weights = if learner.weights.is_empty() { flat::row(&network) } else { row(&learner.weights) };
        let moments = match learner.moments.is_empty() {
            true => vec![weights.zeros_like(); recipe.optimizer.rows()],
            false => learner.moments.iter().map(row).collect(),
        };
        let average = match (recipe.average > 0.0, learner.average.is_empty()) {
            (false, _) => None,
            (true, true) => Some(weights.clone()),
            (true, false) => Some(row(&learner.average)),
        };
        Ok(Trainer {
            recipe: recipe.clone(),
            ball: Ball::new(recipe.norm, recipe.eps).limited(&recipe.limits),
            method,
            parameters,
            network,
            sources,
            weights,
            moments,
            average,
            steps: learner.steps,
            seen: None,
            passes: 0,
            lesson: Lesson::default(),
        })
    }

    /// The model as it stands, its weights frozen.
    pub fn model(&self) -> Sequential {
        flat::frozen(&self.network, &self.weights)
    }

    /// The running average of the models so far, frozen; the model itself if the recipe keeps none.
    pub fn averaged(&self) -> Sequential {
        flat::frozen(&self.network, self.average.as_ref().unwrap_or(&self.weights))
    }

    /// Learns from a batch; `progress` is the share of the run that is done, 0 to 1.
    pub fn step(&mut self, batch: &Batch, progress: f64) {
        let (rate, ball) = self.pace(progress);
        let recipe = &self.recipe;
        let count = batch.clean.dims()[0];
        let attacked = ((recipe.ratio * count as f64).round() as usize).min(count);
        let clean = batch.clean.clone().slice(0..attacked);
        let case = Case::unanswered(clean.clone(), batch.class.clone().slice(0..attacked), recipe.seed, batch.first);
        let mut model = self.model();
        let mut found = (attacked > 0).then(|| {
            let (sources, soft, number) = (&self.sources[..], batch.soft, batch.number);
            self.method.attack(&BatchContext { model: &model, sources, case: &case, ball: &ball, soft, number })
        });
        let replay = self.method.replay(ball.radius).filter(|_| found.is_some());
        let times = replay.map_or(1, |replay| replay.times);
        for time in 1..=times {
            let wanted = time < times;
            let pass = self.pass(&model, batch, attacked, found.as_ref(), wanted);
            self.note(batch, &pass);
            self.learn(pass.gradient, rate);
            if let (Some(replay), Some(at), Some(input)) = (replay, found.take(), pass.input) {
                let moved = ball.steepest(input.slice(0..attacked)).mul_scalar(replay.step);
                found = Some(ball.project(&clean, at + moved));
                model = self.model();
            }
        }
        self.lesson.images += count as u64;
    }

    /// Learns from examples of a batch that the caller has made, one a picture; `progress` as for [`Trainer::step`].
    ///
    /// # Shapes
    /// `examples`: `[batch, channel, row, column]`.
    pub fn learn_from(&mut self, batch: &Batch, examples: &Tensor<4>, progress: f64) {
        let (count, (rate, _)) = (batch.clean.dims()[0], self.pace(progress));
        let pass = self.pass(&self.model(), batch, count, Some(examples), false);
        self.note(batch, &pass);
        self.learn(pass.gradient, rate);
        self.lesson.images += count as u64;
    }

    /// Learning rate and threat model at this share of the run.
    fn pace(&mut self, progress: f64) -> (f64, Ball) {
        let recipe = &self.recipe;
        let rate = schedule::rate(recipe.schedule, recipe.rate, recipe.warm, progress);
        let ball = self.ball.with_radius(schedule::radius(recipe.eps, recipe.ramp, progress));
        (self.lesson.rate, self.lesson.eps) = (rate, ball.radius);
        (rate, ball)
    }

    /// Adds what a pass showed to the lesson.
    fn note(&mut self, batch: &Batch, pass: &Pass) {
        let (rows, count) = (pass.logits.dims()[0], batch.class.dims()[0]);
        let answers = pass.logits.clone().slice(rows - count..rows);
        let right = loss::margin(&answers, &own_answer(&batch.class)).lower_elem(0.0).float().mean();
        let norm = length(&pass.gradient);
        let seen = Tensor::cat(vec![pass.value.clone().mean(), right, norm], 0);
        self.seen = Some(match self.seen.take() {
            Some(sum) => sum + seen,
            None => seen,
        });
        self.passes += 1;
    }

    /// One step of the optimiser.
    fn learn(&mut self, gradient: Tensor<1>, rate: f64) {
        let recipe = &self.recipe;
        let gradient = match recipe.clip {
            0.0 => gradient,
            most => {
                // A gradient no longer than the limit is multiplied by 1.
                let length = length(&gradient).clamp_min(most);
                gradient * (length.full_like(most) / length)
            }
        };
        let weights = self.weights.clone();
        let pace = Pace { rate: rate as f32, decay: recipe.decay as f32, memory: recipe.memory };
        self.weights = optimizer::step(recipe.optimizer, weights, gradient, &mut self.moments, self.steps, pace);
        self.steps += 1;
        // A short average at first, so that the start is forgotten soon.
        let kept = recipe.average.min(self.steps as f32 / (self.steps as f32 + 9.0));
        let now = || self.weights.clone().mul_scalar(1.0 - kept);
        self.average = self.average.take().map(|average| average.mul_scalar(kept) + now());
    }

    /// What was seen since the last lesson; reads one small tensor back. The time is the caller's to fill in.
    ///
    /// # Errors
    /// A [`Fault`] of kind `NotFinite` if the loss or a gradient was not a number, or one that the device has.
    pub async fn lesson(&mut self) -> Result<Lesson, Fault> {
        let passes = std::mem::take(&mut self.passes).max(1) as f32;
        let mut lesson = std::mem::take(&mut self.lesson);
        if let Some(seen) = self.seen.take() {
            let seen = read(seen).await?;
            if !seen.iter().all(|value| value.is_finite()) {
                return Err(diverged());
            }
            [lesson.loss, lesson.right, lesson.gradient] = [0, 1, 2].map(|at| seen[at] / passes);
        }
        Ok(lesson)
    }

    /// Where the run stands, read back.
    ///
    /// # Errors
    /// A [`Fault`] of kind `NotFinite` if anything is not a number, or one that the device has.
    pub async fn learner(&self) -> Result<Learner, Fault> {
        let mut moments = Vec::new();
        for moment in &self.moments {
            moments.push(self.list(moment).await?);
        }
        let average = match &self.average {
            Some(average) => self.list(average).await?,
            None => Vec::new(),
        };
        Ok(Learner { weights: self.list(&self.weights).await?, moments, steps: self.steps, average })
    }

    /// A row as PyTorch's list.
    async fn list(&self, row: &Tensor<1>) -> Result<Vec<f32>, Fault> {
        let values = read(row.clone()).await?;
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(flat::turned(&self.parameters, &values, true)),
            false => Err(diverged()),
        }
    }
}

/// Euclidean length, `[1]`.
fn length(row: &Tensor<1>) -> Tensor<1> {
    (row.clone() * row.clone()).sum().sqrt()
}

async fn read(row: Tensor<1>) -> Result<Vec<f32>, Fault> {
    let failed = |error: String| Fault::new(FaultKind::Crash, format!("The model could not be read back: {error}."));
    let data = row.into_data_async().await.map_err(|error| failed(error.to_string()))?;
    Ok(data.iter::<f32>().collect())
}

fn diverged() -> Fault {
    Fault::new(FaultKind::NotFinite, "The training has diverged: the loss is not a number. A lower rate helps.")
}
