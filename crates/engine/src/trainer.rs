//! A run's steps: batch in, examples crafted on frozen weights, one pass, one step of the optimiser. Nothing is read
//! back until a lesson or the learner is asked for.

mod bounded_pass;
mod check;
mod pass;

use crate::ball::Ball;
use crate::case::Case;
use crate::optimizer::{self, Pace, Rows};
use crate::pictures::Batch;
use crate::sequential::Sequential;
use crate::training_method::{BatchContext, TrainingMethod};
use crate::{flat, loss, on_gpu, one_hot::own_answer, part, schedule, upload::floats, weights};
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::{Architecture, Parameter};
use foolproof_core::protocol::{Fault, FaultKind, Learner, Lesson, Recipe};

pub use check::check;
use pass::Pass;

/// A model in training.
pub struct Trainer {
    recipe: Recipe,
    ball: Ball,
    method: Box<dyn TrainingMethod>,
    parameters: Vec<Parameter>,
    /// Gives the layers; its own weights do not count.
    network: Sequential,
    sources: Vec<Sequential>,
    /// The learner.
    rows: Rows,
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
        let (bounded, start) = (method.bounds().is_some(), learner.weights.is_empty());
        let network = match bounded && start {
            true => weights::fresh_for_bounds(architecture, recipe.seed, device)?,
            false => weights::fresh(architecture, recipe.seed, device)?,
        };
        if bounded {
            bounded_pass::check_layers(&network)?;
        }
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
            rows: Rows { weights, moments, average, steps: learner.steps },
            seen: None,
            passes: 0,
            lesson: Lesson::default(),
        })
    }

    /// The model as it stands, its weights frozen.
    pub fn model(&self) -> Sequential {
        flat::frozen(&self.network, &self.rows.weights)
    }

    /// The same for the steps of the training itself: on a GPU by kernels alone, without a layer that could be asked.
    fn lent(&self) -> Sequential {
        self.network.on_gpu(&self.rows.weights).unwrap_or_else(|| self.model())
    }

    /// The running average of the models so far, frozen; the model itself if the recipe keeps none.
    pub fn averaged(&self) -> Sequential {
        flat::frozen(&self.network, self.rows.average.as_ref().unwrap_or(&self.rows.weights))
    }

    /// Learns from a batch; `progress` is the share of the run that is done, 0 to 1.
    pub fn step(&mut self, batch: &Batch, progress: f64) {
        let (rate, ball) = self.pace(progress);
        let recipe = &self.recipe;
        let count = batch.clean.dims()[0];
        let attacked = ((recipe.ratio * count as f64).round() as usize).min(count);
        if let Some(bounds) = self.method.bounds() {
            let pass = self.bounded_pass(batch, attacked, &ball, bounds);
            self.learn(batch, &pass, rate);
            self.lesson.images += count as u64;
            return;
        }
        let clean = part::first(&batch.clean, attacked);
        let case = Case::unanswered(clean.clone(), part::first(&batch.class, attacked), recipe.seed, batch.first);
        let mut model = self.lent();
        let mut found = (attacked > 0).then(|| {
            let (sources, soft, number) = (&self.sources[..], batch.soft, batch.number);
            self.method.attack(&BatchContext { model: &model, sources, case: &case, ball: &ball, soft, number })
        });
        let replay = self.method.replay(ball.radius).filter(|_| found.is_some());
        let times = replay.map_or(1, |replay| replay.times);
        for time in 1..=times {
            let wanted = time < times;
            let pass = self.pass(&model, batch, attacked, found.as_ref(), wanted);
            self.learn(batch, &pass, rate);
            if let (Some(replay), Some(at), Some(input)) = (replay, found.take(), pass.input) {
                found = Some(ball.climb(&clean, &at, part::first(&input, attacked), replay.step));
                model = self.lent();
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
        let pass = self.pass(&self.lent(), batch, count, Some(examples), false);
        self.learn(batch, &pass, rate);
        self.lesson.images += count as u64;
    }

    /// Learning rate and threat model at this share of the run.
    fn pace(&mut self, progress: f64) -> (f64, Ball) {
        let recipe = &self.recipe;
        let rate = schedule::rate(recipe.schedule, recipe.rate, recipe.warm, progress);
        let start = self.method.bounds().map_or(0.0, |bounds| bounds.start);
        let ball = self.ball.with_radius(recipe.eps * schedule::grown(start, recipe.ramp, progress));
        (self.lesson.rate, self.lesson.eps) = (rate, ball.radius);
        (rate, ball)
    }

    /// Adds what a pass showed to the lesson, and takes a step of the optimiser.
    fn learn(&mut self, batch: &Batch, pass: &Pass, rate: f64) {
        let (rows, count) = (pass.logits.dims()[0], batch.class.dims()[0]);
        let answers = part::last(&pass.logits, rows - count);
        let class = if batch.soft { own_answer(&batch.class) } else { batch.class.clone() };
        let length = optimizer::length(&pass.gradient);
        let seen = self.seen.take().unwrap_or_else(|| Tensor::zeros([3], &length.device()));
        self.seen = Some(tally(seen, &pass.value, &loss::margin(&answers, &class), &length));
        self.passes += 1;
        self.rows.learn(pass.gradient.clone(), &length, &Pace::of(&self.recipe, rate));
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
        for moment in &self.rows.moments {
            moments.push(self.list(moment).await?);
        }
        let average = match &self.rows.average {
            Some(average) => self.list(average).await?,
            None => Vec::new(),
        };
        let (weights, steps) = (self.list(&self.rows.weights).await?, self.rows.steps);
        Ok(Learner { weights, moments, steps, average })
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

/// What was seen, and what a pass showed: mean loss, share of right answers, and the gradient's length.
///
/// # Shapes
/// `seen` and the result: `[3]`; `value` and `margin`: `[batch, 1]`; `length`: `[1]`.
fn tally(seen: Tensor<1>, value: &Tensor<2>, margin: &Tensor<2>, length: &Tensor<1>) -> Tensor<1> {
    on_gpu::tally(&seen, value, margin, length).unwrap_or_else(|| {
        let right = margin.clone().lower_elem(0.0).float().mean();
        seen + Tensor::cat(vec![value.clone().mean(), right, length.clone()], 0)
    })
}

async fn read(row: Tensor<1>) -> Result<Vec<f32>, Fault> {
    let failed = |error: String| Fault::new(FaultKind::Crash, format!("The model could not be read back: {error}."));
    let data = row.into_data_async().await.map_err(|error| failed(error.to_string()))?;
    Ok(data.iter::<f32>().collect())
}

fn diverged() -> Fault {
    Fault::new(FaultKind::NotFinite, "The training has diverged: the loss is not a number. A lower rate helps.")
}
