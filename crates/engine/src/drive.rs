//! The one loop that every attack runs in: project, judge, keep the best.

mod best;
mod confine;
mod progress;
mod result;
mod shared;
mod trace;
mod unable;

use crate::attack::{Attack, Probe, Run, Unable};
use crate::ball::Ball;
use crate::case::{Case, places};
use crate::sequential::Sequential;
use crate::watch::Watch;
use best::{Best, Iterate};
use burn::tensor::Tensor;
use confine::{at_once, confine};
use foolproof_core::catalog::Aim;
use foolproof_core::protocol::{Fault, Sample};
use result::Ending;
use shared::Shared;
use std::sync::Arc;
use trace::Trace;

pub use result::{Finished, answers, prediction, read, rounded};
pub use shared::lay;

/// An attack under way on one model. Success is kept per sample, over every iterate of every run.
pub struct Drive {
    /// What is asked on the way: of a network that draws at random the mean of some draws.
    model: Sequential,
    /// What the result is judged by.
    network: Sequential,
    case: Case,
    ball: Ball,
    attack: Box<dyn Attack>,
    /// Steps of each run.
    plan: Vec<u32>,
    run: Box<dyn Run>,
    /// Runs done, and steps done of the one under way.
    place: (usize, u32),
    at: Tensor<4>,
    best: Best,
    shared: Shared,
    trace: Trace,
    /// 1 for a sample whose first gradient was zero in every run so far, `[batch, 1]`; `None` before a first gradient.
    blind: Option<Tensor<2>>,
    /// What no run so far could be carried out on.
    unable: Option<Unable>,
    queries: u32,
    /// Place in the whole batch of each sample that is still attacked.
    rows: Vec<usize>,
    /// Samples taken out of the batch, with their places.
    settled: Vec<(usize, Sample)>,
}

impl Drive {
    /// Starts an attack. The network has its weights frozen (`Module::valid`).
    pub fn new(network: Sequential, case: Case, ball: Ball, attack: Box<dyn Attack>) -> Drive {
        let (model, plan) = (network.expected(&case.keys), attack.plan());
        let case = match network.is_random() {
            true => Case { logits: model.forward(case.clean.clone()), ..case },
            false => case,
        };
        let trace = Trace::of(&plan);
        let (start, run) = attack.begin(&case, &ball, 0);
        let at = confine(attack.aim(), &ball, &case, start);
        let best = Best::new(&case, &ball, attack.as_ref());
        let mut shared = Shared::default();
        shared.follow(run.as_ref());
        let rows = (0..case.keys.len()).collect();
        let (place, blind, unable, queries, settled) = ((0, 0), None, None, 1, Vec::new());
        Drive {
            model,
            network,
            case,
            ball,
            attack,
            plan,
            run,
            place,
            at,
            best,
            shared,
            trace,
            blind,
            unable,
            queries,
            rows,
            settled,
        }
    }

    /// The same with detectors at their post, if the attack is after what they let pass.
    pub fn watched(mut self, watch: Option<Arc<Watch>>) -> Drive {
        if self.attack.heeds_detectors() {
            self.case.watch = watch;
        }
        self
    }

    /// What the attack is after.
    pub fn aim(&self) -> Aim {
        self.attack.aim()
    }

    /// Whether the run under way leaves a fooled sample where it is, so that going on with it is only work.
    pub fn rests(&self) -> bool {
        self.attack.rests(self.place.0)
    }

    /// Takes at most `count` steps of the run under way, without reading anything back. Answers whether steps are left.
    ///
    /// A run's end is an end here too: what [`Drive::keep_survivors`] drops then does not depend on how long pieces are.
    pub fn advance(&mut self, count: u32) -> bool {
        for _ in 0..count {
            if self.over() {
                break;
            }
            self.step();
            if self.place.1 == 0 {
                break;
            }
        }
        !self.over()
    }

    fn over(&self) -> bool {
        self.place.0 == self.plan.len() || self.rows.is_empty()
    }

    fn step(&mut self) {
        let mut probe = Probe::new(&self.model, &self.case, &self.ball, self.at.clone(), self.queries);
        let next = match at_once(self.aim(), self.run.as_ref(), &mut probe) {
            Some(next) => next,
            None => {
                let proposal = self.run.step(&mut probe);
                confine(self.aim(), &self.ball, &self.case, proposal) // stage: projection, clip
            }
        };
        let (logits, gradient, losses) = (probe.logits.take(), probe.gradient.take(), probe.losses.take());
        let slack = probe.slack.take();
        // What was asked after the logits came was asked of a sample that goes on.
        let spent = probe.known.unwrap_or(probe.queries);
        self.queries = probe.queries;
        if let (0, Some(gradient)) = (self.place.1, gradient) {
            self.blind = Some(unable::blind(self.blind.take(), &gradient));
        }
        self.judge(logits, losses, slack, spent);
        self.at = next;
        self.shared.follow(self.run.as_ref());
        self.place.1 += 1;
        if self.place.1 == self.plan[self.place.0] {
            self.judge(None, None, None, self.queries);
            self.unable = Unable::over(self.unable.take(), self.run.unable(), self.place.0);
            self.place = (self.place.0 + 1, 0);
            self.begin();
        }
    }

    /// Begins the run that is next, if there is one.
    fn begin(&mut self) {
        if !self.over() {
            let (start, run) = self.attack.begin(&self.case, &self.ball, self.place.0 as u32);
            self.at = confine(self.aim(), &self.ball, &self.case, start);
            self.shared.follow(run.as_ref());
            self.run = run;
        }
    }

    /// Judges the iterate by its logits, for which `spent` queries were needed, asking the model for them where the attack
    /// did not. Where detectors are to be passed it is as good as the worse of both, the margin and how far it is from being
    /// flagged.
    fn judge(
        &mut self,
        logits: Option<Tensor<2>>,
        losses: Option<[Tensor<2>; 2]>,
        slack: Option<Tensor<2>>,
        spent: u32,
    ) {
        let spent = if logits.is_some() { spent } else { self.queries + 1 };
        let logits = logits.unwrap_or_else(|| {
            self.queries += 1;
            self.model.forward(self.at.clone())
        });
        let margin = self.trace.note(&logits, &self.case.class, losses, spent);
        let slack = self.case.watch.as_ref().map(|watch| slack.unwrap_or_else(|| watch.slack(&self.at)));
        let margin = self.case.goal.turned(margin);
        let score = slack.map_or_else(|| margin.clone(), |slack| margin.clone().min_pair(slack));
        let iterate = Iterate { x: &self.at, logits, score, queries: spent };
        let better = self.best.judge(&self.case, &self.ball, self.attack.as_ref(), iterate); // stage: best
        better.iter().for_each(|better| self.shared.keep(better));
    }

    /// Waits for the steps taken so far and tells whether every sample has met its goal.
    ///
    /// # Errors
    /// A [`Fault`] if the device fails, or if a score is not finite.
    pub async fn all_succeeded(&self) -> Result<bool, Fault> {
        Ok(result::read(self.best.score.clone()).await?.into_iter().all(|score| score > 0.0))
    }

    /// Tells whether every clean input meets the goal already.
    ///
    /// # Errors
    /// As [`Drive::all_succeeded`].
    pub async fn clean_succeeded(&self) -> Result<bool, Fault> {
        Ok(result::read(self.case.score(&self.case.logits)).await?.into_iter().all(|score| score > 0.0))
    }

    /// Takes the samples that have met their goal out of the batch: between two runs of an attack at a fixed radius,
    /// since another run can only meet it again, and within a run that [rests](Drive::rests). Any other run is to improve
    /// its examples up to its end: how far must not depend on when this was called.
    ///
    /// # Errors
    /// As [`Drive::all_succeeded`].
    pub async fn keep_survivors(&mut self) -> Result<(), Fault> {
        let between = self.place.1 == 0;
        let may = if between { matches!(self.aim(), Aim::Within | Aim::Free) } else { self.rests() };
        // A success of few draws may be luck, which only the end tells.
        if !may || self.over() || self.place == (0, 0) || self.network.is_random() {
            return Ok(());
        }
        let scores = result::read(self.best.score.clone()).await?;
        let (left, met): (Vec<usize>, Vec<usize>) = (0..scores.len()).partition(|&row| scores[row] <= 0.0);
        if met.is_empty() {
            return Ok(());
        }
        // No device need know of a tensor without rows.
        let index = (!left.is_empty()).then(|| places(&left, &self.at.device()));
        let samples = self.samples(&met).await?;
        self.settled.extend(met.iter().map(|&row| self.rows[row]).zip(samples));
        self.rows = left.iter().map(|&row| self.rows[row]).collect();
        if let Some(index) = index {
            self.case = self.case.select(&left);
            self.best = self.best.select(&index);
            self.trace.select(&index);
            self.blind = self.blind.take().map(|blind| blind.select(0, index.clone()));
            self.unable = self.unable.take().map(|unable| unable.select(&index));
            self.at = self.at.clone().select(0, index.clone());
            match between {
                true => self.begin(),
                false => self.run.select(&left, &index),
            }
        }
        Ok(())
    }

    /// Reads the result back, in one go.
    ///
    /// # Errors
    /// A [`Fault`] if the device fails, or if anything in the result is not finite.
    pub async fn finish(mut self) -> Result<Finished, Fault> {
        if !self.rows.is_empty() {
            let all: Vec<usize> = (0..self.rows.len()).collect();
            let samples = self.samples(&all).await?;
            self.settled.extend(self.rows.iter().copied().zip(samples));
        }
        self.settled.sort_by_key(|(row, _)| *row);
        let samples: Vec<Sample> = self.settled.into_iter().map(|(_, sample)| sample).collect();
        // A sample that rests asks no more.
        let rests = (0..self.plan.len()).all(|run| self.attack.rests(run));
        let looks = self.network.looks();
        let asked = |sample: &Sample| sample.queries.filter(|_| rests).unwrap_or(self.queries * looks);
        let queries = samples.iter().map(asked).max().unwrap_or(self.queries * looks);
        let draws = self.network.draws();
        Ok(Finished { samples, queries, step: self.attack.step_size(), draws })
    }

    /// The perturbation that all inputs share, best so far, before the box clips it; `None` for an attack that makes each
    /// input its own.
    ///
    /// # Errors
    /// As [`Drive::all_succeeded`].
    pub async fn shared(&self) -> Result<Option<Vec<f32>>, Fault> {
        self.shared.read().await
    }

    async fn samples(&self, rows: &[usize]) -> Result<Vec<Sample>, Fault> {
        let part = (rows.len() < self.rows.len()).then_some(rows);
        let (best, case, ball) = (&self.best, &self.case, &self.ball);
        let blind = self.blind.clone().unwrap_or_else(|| best.score.zeros_like());
        let (x, logits, queries) = (best.x.clone(), best.logits.clone(), best.queries.clone());
        let unable = self.unable.as_ref();
        let ending = Ending { case, ball, x, logits, blind, unable, queries, losses: self.trace.losses() };
        let mut samples = ending.read(&self.network, part).await?;
        for sample in &mut samples {
            sample.iterate = sample.queries.and_then(|spent| self.trace.iterate(spent));
            sample.queries = sample.queries.map(|spent| spent * self.network.looks());
        }
        Ok(samples)
    }
}
