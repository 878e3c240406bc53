//! The contract between an attack and the loop that drives it.
//!
//! An attack proposes, [`Drive`](crate::drive::Drive) disposes: it projects every proposal into the ball and the pixel
//! box, judges every iterate and keeps the best one of each sample, so that no attack can overdraw its budget or its
//! success.

use crate::{ball::Ball, case::Case, loss, sequential::Sequential};
use burn::tensor::{Int, Tensor};
use foolproof_core::catalog::{Aim, Card, Knob};
use foolproof_core::protocol::{Fault, FaultKind, SampleOutcome};
use std::collections::BTreeMap;

/// An attack with its knobs set.
pub trait Attack {
    /// Steps of each run, one after another: a restart, a target, or a member of an ensemble. Not empty, each at
    /// least 1.
    fn plan(&self) -> Vec<u32>;

    /// Step size in force, pixels; 0 for an attack without one.
    fn step_size(&self) -> f32 {
        0.0
    }

    /// What it is after.
    fn aim(&self) -> Aim {
        Aim::Within
    }

    /// The margin that counts as success, logits; above 0 for an attack that asks for confidence.
    fn confidence(&self) -> f32 {
        0.0
    }

    /// Whether this run leaves a sample where it is once that is fooled. Then the sample can be taken out of the batch
    /// within the run, though the attack may be after the nearest input.
    fn rests(&self, _run: usize) -> bool {
        false
    }

    /// Whether it is after inputs that detectors let pass: wrong, and not flagged.
    fn heeds_detectors(&self) -> bool {
        false
    }

    /// How long a step of this run takes, beside one that asks for logits once: one with a gradient takes about three
    /// times as long. For estimates of the time left.
    fn effort(&self, _run: usize) -> u32 {
        3
    }

    /// Names of an ensemble's members, each with its number of runs; empty for an attack that is one.
    fn members(&self) -> Vec<(String, u32)> {
        Vec::new()
    }

    /// What an attack that is after the nearest input calls near: a distance in the ball's norm, or another measure that
    /// its paper keeps the best by.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, 1]`.
    fn measure(&self, case: &Case, ball: &Ball, x: &Tensor<4>) -> Tensor<2> {
        ball.distance(&case.clean, x).flatten::<2>(1, 3)
    }

    /// Where run number `run` begins, and what it carries from step to step. The start is not yet projected.
    fn begin(&self, case: &Case, ball: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>);
}

/// One run of an attack.
pub trait Run {
    /// The next iterate from the one at hand, not yet projected. No readback: decisions per sample are masks.
    fn step(&mut self, probe: &mut Probe) -> Tensor<4>;

    /// Goes on with these samples only. Asked of runs that [rest](Attack::rests), and to be written by those of them that
    /// carry something of each sample.
    ///
    /// `rows` are places in the batch at hand; `index` holds the same numbers on the device.
    fn select(&mut self, _rows: &[usize], _index: &Tensor<1, Int>) {}

    /// The length of the next step (in the ball's norm, pixels), if that is nothing but a step along the direction that is
    /// steepest for the cross-entropy's gradient at the iterate, and a pull into ball and box: one kernel does all that.
    fn stride(&self) -> Option<f32> {
        None
    }

    /// The perturbation behind the newest proposal, before the box clips it, where all inputs share one:
    /// `[1, channel, row, column]`.
    fn shared(&self) -> Option<Tensor<4>> {
        None
    }

    /// Samples that the run could not be carried out on, asked at its end; `None` for a run that always can.
    fn unable(&self) -> Option<Unable> {
        None
    }
}

/// Samples that a run could not be carried out on, and why.
pub struct Unable {
    /// Neither fooled nor held.
    pub why: SampleOutcome,
    /// 1 for each such sample, `[batch, 1]`.
    pub samples: Tensor<2>,
}

/// An attack's place in the registry: its card, and how to make it from a job's knobs.
pub struct Entry {
    /// What the picker shows; also the ranges and defaults of its knobs.
    pub card: fn() -> Card,
    /// Makes the attack for this ball.
    pub make: fn(&Knobs, &Ball) -> Box<dyn Attack>,
}

/// A job's knobs, complete and inside their ranges; `None` stands for `auto`.
pub struct Knobs(Vec<(String, Option<f64>)>);

impl Knobs {
    /// The given knobs with the card's defaults, each checked against its range.
    ///
    /// # Errors
    /// A [`Fault`] that names the knob that the card does not have, or the value out of its range.
    pub fn complete(card: &Card, given: &BTreeMap<String, f64>) -> Result<Knobs, Fault> {
        if let Some(key) = given.keys().find(|key| card.knobs.iter().all(|knob| knob.key != **key)) {
            return Err(Fault::new(FaultKind::Unknown, format!("{} has no knob “{key}”.", card.name)));
        }
        let value = |knob: &Knob| match given.get(&knob.key) {
            None => Ok((knob.key.clone(), knob.default)),
            Some(&value) if value >= knob.min && value <= knob.max => Ok((knob.key.clone(), Some(value))),
            Some(value) => {
                let message = format!("{} is {value}, and must be between {} and {}.", knob.name, knob.min, knob.max);
                Err(Fault::new(FaultKind::Input, message))
            }
        };
        Ok(Knobs(card.knobs.iter().map(value).collect::<Result<_, _>>()?))
    }

    /// The knob's value, or `None` where the attack derives it.
    pub fn get(&self, key: &str) -> Option<f64> {
        self.0.iter().find(|(name, _)| name == key).and_then(|(_, value)| *value)
    }

    /// A whole number of at least 1.
    pub fn count(&self, key: &str) -> u32 {
        self.get(key).map_or(1, |value| value.max(1.0) as u32)
    }
}

/// What a step may ask of the model at its iterate. Everything asked is counted.
pub struct Probe<'a> {
    /// The model under attack, its weights frozen.
    pub model: &'a Sequential,
    /// The task.
    pub case: &'a Case,
    /// The threat model.
    pub ball: &'a Ball,
    /// The iterate, inside ball and box.
    pub at: Tensor<4>,
    /// Model queries so far, each forward or gradient one.
    pub queries: u32,
    /// Logits at the iterate, once asked for.
    pub logits: Option<Tensor<2>>,
    /// Gradient at the iterate, once asked for.
    pub gradient: Option<Tensor<4>>,
    /// Margin and cross-entropy at the iterate, `[batch, 1]` each, where they came with the gradient.
    pub losses: Option<[Tensor<2>; 2]>,
    /// Queries spent when the logits came.
    pub known: Option<u32>,
    /// How far the iterate is from being flagged, once asked for, `[batch, 1]`.
    pub slack: Option<Tensor<2>>,
}

impl<'a> Probe<'a> {
    /// A probe at the iterate `at`, with `queries` spent before it.
    pub fn new(model: &'a Sequential, case: &'a Case, ball: &'a Ball, at: Tensor<4>, queries: u32) -> Probe<'a> {
        Probe { model, case, ball, at, queries, logits: None, gradient: None, losses: None, known: None, slack: None }
    }

    /// Gradient at the iterate of the cross-entropy, turned so that following it serves the goal: away from the class
    /// to leave, or toward the one to reach.
    ///
    /// # Shapes
    /// The result: `[batch, channel, row, column]`.
    pub fn gradient(&mut self) -> Tensor<4> {
        let case = self.case;
        let Some(ascent) = self.model.ascent(&self.at, &case.class, case.goal) else {
            return self.gradient_of(|logits| case.goal.turned(loss::cross_entropy_slope(logits, &case.class)));
        };
        self.count(&self.at.clone());
        self.losses = Some([ascent.margin, ascent.loss]);
        self.found(ascent.logits, self.ball.open(ascent.gradient))
    }

    /// How far the iterate is from being flagged, 0 or less where it is, and the gradient of that; `None` where nothing
    /// looks. What a detector asks of the model is its own, and counted nowhere.
    ///
    /// # Shapes
    /// The results: `[batch, 1]` and `[batch, channel, row, column]`.
    pub fn slack(&mut self) -> Option<(Tensor<2>, Tensor<4>)> {
        let (slack, gradient) = self.case.watch.as_ref()?.slack_gradient(&self.at);
        self.slack = Some(slack.clone());
        Some((slack, self.ball.open(gradient)))
    }

    /// Gradient at the iterate of the loss whose derivative by the logits is `slope`.
    ///
    /// # Shapes
    /// Logits and slope: `[batch, class]`; the result: `[batch, channel, row, column]`.
    pub fn gradient_of(&mut self, slope: impl FnOnce(&Tensor<2>) -> Tensor<2>) -> Tensor<4> {
        let (logits, gradient) = self.ask_gradient(self.at.clone(), slope);
        self.found(logits, gradient)
    }

    /// Notes what a pass at the iterate told.
    fn found(&mut self, logits: Tensor<2>, gradient: Tensor<4>) -> Tensor<4> {
        self.known.get_or_insert(self.queries);
        self.logits = Some(logits);
        self.gradient = Some(gradient.clone());
        gradient
    }

    /// Logits at the iterate; asked for once.
    ///
    /// # Shapes
    /// The result: `[batch, class]`.
    pub fn logits(&mut self) -> Tensor<2> {
        let logits = self.logits.take().unwrap_or_else(|| self.ask(self.at.clone()));
        self.known.get_or_insert(self.queries);
        self.logits.insert(logits).clone()
    }

    /// Logits anywhere. Several rows a sample are as many queries.
    ///
    /// # Shapes
    /// `x`: `[rows, channel, row, column]`, `rows` a multiple of the batch; the result: `[rows, class]`.
    pub fn ask(&mut self, x: Tensor<4>) -> Tensor<2> {
        self.count(&x);
        self.model.forward(x)
    }

    /// Margins toward the goal at several points a sample, positive where it is met. Each point is a query.
    ///
    /// # Shapes
    /// `x`: `[batch * points, channel, row, column]`, a sample's points one after another; the result:
    /// `[batch, points]`.
    pub fn ask_scores(&mut self, x: Tensor<4>) -> Tensor<2> {
        let [batch, classes] = self.case.class.dims();
        let points = x.dims()[0] / batch;
        let class = self.case.class.clone().reshape([batch, 1, classes]).expand([batch, points, classes]);
        let margins = loss::margin(&self.ask(x), &class.reshape([batch * points, classes]));
        self.case.goal.turned(margins).reshape([batch, points])
    }

    /// As [`Sequential::input_gradient`], counted, and 0 for features that stay: no attack looks where it may not go.
    pub fn ask_gradient(
        &mut self,
        x: Tensor<4>,
        slope: impl FnOnce(&Tensor<2>) -> Tensor<2>,
    ) -> (Tensor<2>, Tensor<4>) {
        self.count(&x);
        let (logits, gradient) = self.model.input_gradient(&x, slope);
        (logits, self.ball.open(gradient))
    }

    /// Logits, and the gradient of each of them. Counts as one query a class.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the results: `[batch, class]` and `[batch, class, pixel]`.
    pub fn jacobian(&mut self, x: Tensor<4>) -> (Tensor<2>, Tensor<3>) {
        let [batch, channels, rows, columns] = x.dims();
        let [_, classes] = self.case.class.dims();
        // Every sample once a class, in one batch: one pass forward and one back.
        let copies =
            x.reshape([batch, 1, channels * rows * columns]).expand([batch, classes, channels * rows * columns]);
        let copies = copies.reshape([batch * classes, channels, rows, columns]);
        let each = Tensor::<2>::eye(classes, &copies.device()).reshape([1, classes, classes]);
        let each = each.expand([batch, classes, classes]).reshape([batch * classes, classes]);
        let (logits, gradients) = self.ask_gradient(copies, |_| each);
        let logits = logits.reshape([batch, classes, classes]).slice([0..batch, 0..1]).reshape([batch, classes]);
        (logits, gradients.reshape([batch, classes, channels * rows * columns]))
    }

    fn count(&mut self, x: &Tensor<4>) {
        self.queries += (x.dims()[0] / self.case.clean.dims()[0]) as u32;
    }
}
