//! The smallest radius of each input of a chunk, by halving: inputs that are to be tried at the same radius are
//! attacked together. Then the largest radius that is proven.

use super::chunks::pick;
use crate::ball::Ball;
use crate::certify::Search;
use crate::drive::{Drive, read};
use crate::session::models::Models;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{AttackSpec, Fault, Inputs};

/// Attacks that an input goes through: one at the largest radius, then halvings of the interval, after which a radius
/// is exact to 1/128 of the largest one in L∞, and to less where that lies farther beyond the usual ones.
pub fn rounds(norm: Norm) -> u32 {
    1 + match norm {
        Norm::Linf => 7,
        Norm::L2 => 8,
        Norm::L1 => 10,
    }
}

/// A search under way. An input is worked on until its interval is narrow enough.
pub struct Bisection {
    model: String,
    inputs: Inputs,
    spec: AttackSpec,
    seed: u64,
    /// Number of the first input.
    first: u64,
    low: Vec<f32>,
    /// The smallest radius known to succeed.
    high: Vec<Option<f32>>,
    round: u32,
    /// Radii of this round that are still to be tried, with their inputs.
    groups: Vec<(f32, Vec<usize>)>,
    current: Option<Drive>,
}

impl Bisection {
    /// A search up to the radius of `spec`.
    pub fn new(model: &str, inputs: &Inputs, spec: &AttackSpec, seed: u64, first: u64) -> Bisection {
        let count = inputs.shape[0];
        let groups = vec![(spec.eps, (0..count).collect())];
        let (model, inputs, spec) = (model.to_string(), inputs.clone(), spec.clone());
        let (low, high) = (vec![0.0; count], vec![None; count]);
        Bisection { model, inputs, spec, seed, first, low, high, round: 0, groups, current: None }
    }

    /// Steps done of these in all, about.
    pub fn progress(&self, steps: u32) -> u32 {
        let rounds = rounds(self.spec.norm);
        steps / rounds * self.round.min(rounds)
    }

    /// At most `steps` steps; the radii once all are found.
    pub async fn advance(&mut self, models: &Models, steps: u32) -> Result<Option<Vec<Option<f32>>>, Fault> {
        let Some((radius, places)) = self.groups.last().cloned() else {
            return Ok(self.next_round());
        };
        let mut drive = match self.current.take() {
            Some(drive) => drive,
            None => self.begin(models, radius, &places)?,
        };
        if drive.advance(steps) {
            drive.all_succeeded().await?;
            self.current = Some(drive);
            return Ok(None);
        }
        for (sample, &place) in drive.finish().await?.samples.iter().zip(&places) {
            let truth = self.inputs.labels.as_ref().map(|labels| labels[place]);
            if truth.is_some_and(|truth| truth != sample.clean.label) {
                (self.low[place], self.high[place]) = (0.0, Some(0.0));
            } else if sample.success {
                // Where an attack fails at large radii and fools at a smaller one, nothing is known of those below.
                if self.low[place] >= radius {
                    self.low[place] = 0.0;
                }
                self.high[place] = Some(radius);
            } else {
                self.low[place] = radius;
            }
        }
        self.groups.pop();
        Ok(None)
    }

    /// The search for the radii within which these inputs cannot fall; `radii` are those that were found.
    pub fn prove(&self, models: &Models, radii: Vec<Option<f32>>) -> Result<Proof, Fault> {
        let case = models.case(&self.model, &self.inputs, None, self.seed, Vec::new())?;
        let network = models.get(&self.model)?.network;
        let ball = Ball::new(self.spec.norm, self.spec.eps).limited(&self.spec.limits);
        let search = Search::new(network, case.clean, case.truth, &ball);
        Ok(Proof { search, radii })
    }

    fn begin(&self, models: &Models, radius: f32, places: &[usize]) -> Result<Drive, Fault> {
        let [_, channels, rows, columns] = self.inputs.shape;
        let spec = AttackSpec { eps: radius, ..self.spec.clone() };
        let inputs = pick(&self.inputs, places, [channels, rows, columns]);
        let keys = places.iter().map(|&place| self.first + place as u64).collect();
        models.begin_keyed(&self.model, &inputs, &spec, self.seed, keys)
    }

    /// Groups the inputs by the middle of their intervals; the result when the last round is over. One that held at the
    /// largest radius is tried at ever smaller ones: an attack may do worse with more room, and the model is no better for
    /// that.
    fn next_round(&mut self) -> Option<Vec<Option<f32>>> {
        self.round += 1;
        if self.round == rounds(self.spec.norm) {
            return Some(self.high.clone());
        }
        for place in 0..self.low.len() {
            let middle = match self.high[place] {
                Some(0.0) => continue,
                Some(high) => 0.5 * (self.low[place] + high),
                None => self.spec.eps * 0.5f32.powi(self.round as i32),
            };
            match self.groups.iter_mut().find(|(radius, _)| *radius == middle) {
                Some((_, places)) => places.push(place),
                None => self.groups.push((middle, vec![place])),
            }
        }
        None
    }
}

/// A search for proven radii under way.
pub struct Proof {
    search: Search,
    /// What the attack found.
    radii: Vec<Option<f32>>,
}

impl Proof {
    /// One halving, read back as every piece must be; once all are done the radii found and those proven, none of which
    /// there are for a network that draws noise.
    pub async fn advance(&mut self) -> Result<Option<(Vec<Option<f32>>, Vec<f32>)>, Fault> {
        let proven = match self.search.halve() {
            Some(()) => read(self.search.radii()).await?,
            None => Vec::new(),
        };
        let over = proven.is_empty() || self.search.left() == 0;
        Ok(over.then(|| (std::mem::take(&mut self.radii), proven)))
    }

    /// Halvings that are left.
    pub fn left(&self) -> u32 {
        self.search.left()
    }
}
