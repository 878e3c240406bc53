//! The search for the smallest weight at which the loss of a minimum-norm attack still fools, for each sample its own:
//! tenfold until it does, then halfway between the weights that do and that do not (Carlini and Wagner 2017,
//! <https://arxiv.org/abs/1608.04644>).

use crate::attack::{Attack, Knobs, Run};
use crate::{ball::Ball, case::Case, loss};
use burn::tensor::Tensor;
use foolproof_core::catalog::Aim;

/// Stands for a weight that is not known yet; finite, so that no infinity can spread.
const UNKNOWN: f32 = 1e10;

/// What C&W and EAD are set by.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    /// Steps of a descent, and descents, one a weight.
    pub steps: u32,
    pub search: u32,
    /// Learning rate.
    pub rate: f32,
    /// The weight tried first.
    pub first: f32,
    /// The margin that counts as fooled, logits.
    pub confidence: f32,
}

impl Settings {
    /// As the knobs say.
    pub fn of(knobs: &Knobs) -> Settings {
        let real = |key: &str| knobs.get(key).unwrap_or_default() as f32;
        let (steps, search) = (knobs.count("steps"), knobs.count("search"));
        Settings { steps, search, rate: real("lr"), first: real("first"), confidence: real("confidence") }
    }
}

/// An attack of descents, each under another weight: one run, so that the search carries over.
pub(super) trait Descents {
    /// What it is set by.
    fn settings(&self) -> Settings;

    /// What it calls near, as [`Attack::measure`].
    fn measure(&self, case: &Case, ball: &Ball, x: &Tensor<4>) -> Tensor<2> {
        ball.distance(&case.clean, x).flatten::<2>(1, 3)
    }

    /// The start and the run.
    fn begin(&self, case: &Case, search: Search) -> (Tensor<4>, Box<dyn Run>);
}

impl<T: Descents> Attack for T {
    fn plan(&self) -> Vec<u32> {
        vec![self.settings().steps * self.settings().search]
    }

    fn step_size(&self) -> f32 {
        self.settings().rate
    }

    fn aim(&self) -> Aim {
        Aim::Nearest
    }

    fn confidence(&self) -> f32 {
        self.settings().confidence
    }

    fn measure(&self, case: &Case, ball: &Ball, x: &Tensor<4>) -> Tensor<2> {
        Descents::measure(self, case, ball, x)
    }

    fn begin(&self, case: &Case, _: &Ball, _: u32) -> (Tensor<4>, Box<dyn Run>) {
        let Settings { first, confidence, .. } = self.settings();
        Descents::begin(self, case, Search::new(case, first, confidence))
    }
}

/// Weights of a batch, and what is known of them. All `[batch, 1]`.
pub(super) struct Search {
    weight: Tensor<2>,
    /// The largest weight that did not fool, and the smallest that did.
    low: Tensor<2>,
    high: Tensor<2>,
    /// 1 where an input was fooled under the weight in force.
    found: Tensor<2>,
    /// The margin that counts as fooled, logits.
    confidence: f32,
}

impl Search {
    /// Begins at the weight `first`.
    pub fn new(case: &Case, first: f32, confidence: f32) -> Search {
        let none = case.score(&case.logits).zeros_like();
        Search {
            weight: none.clone().add_scalar(first),
            low: none.clone(),
            high: none.clone().add_scalar(UNKNOWN),
            found: none,
            confidence,
        }
    }

    /// Notes the answers to an iterate.
    pub fn note(&mut self, case: &Case, logits: &Tensor<2>) {
        let score = case.score(logits);
        let fooled = score.clone().greater_scalar(0.0).bool_and(score.greater_equal_scalar(self.confidence));
        self.found = self.found.clone().max_pair(fooled.float());
    }

    /// Goes on to the next weight.
    pub fn next(&mut self) {
        let found = self.found.clone().greater_scalar(0.5);
        self.high = self.high.clone().mask_where(found.clone(), self.weight.clone());
        self.low = self.weight.clone().mask_where(found, self.low.clone());
        let known = self.high.clone().lower_scalar(UNKNOWN);
        let between = (self.low.clone() + self.high.clone()).mul_scalar(0.5);
        self.weight = self.weight.clone().mul_scalar(10.0).clamp_max(UNKNOWN).mask_where(known, between);
        self.found = self.found.zeros_like();
    }

    /// Derivative by the logits of the hinge `weight * max(0, confidence - margin toward the goal)`.
    ///
    /// # Shapes
    /// `logits` and the result: `[batch, class]`.
    pub fn slope(&self, case: &Case, logits: &Tensor<2>) -> Tensor<2> {
        // At the confidence itself the hinge still pulls: with none asked, equal logits fool nobody.
        let short = case.score(logits).lower_equal_scalar(self.confidence).float() * self.weight.clone();
        loss::margin_slope(logits, &case.class).mul_scalar(-case.goal.sign()) * short
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::one_hot;
    use burn::tensor::{Device, TensorData};

    #[test]
    fn the_search_closes_in_on_each_samples_own_weight() {
        let device = Device::flex();
        let row = |values: Vec<f32>| Tensor::<2>::from_data(TensorData::new(values, [3, 2]), &device);
        let clean = Tensor::<4>::zeros([3, 1, 1, 1], &device);
        let case = Case::new(clean, row(vec![1.0, 0.0, 1.0, 0.0, 1.0, 0.0]), one_hot(&[0, 0, 0], 2, &device), 1, 0);
        // Two samples fall from a weight of 0.7 and 42 on, the third never does.
        let needed = [0.7f32, 42.0, f32::MAX];
        let mut search = Search::new(&case, 1.0, 0.0);
        let mut tried = Vec::new();
        for _ in 0..12 {
            let weights: Vec<f32> = search.weight.clone().into_data().iter::<f32>().collect();
            let logits = weights.iter().zip(needed).flat_map(|(w, need)| [0.0, if *w >= need { 1.0 } else { -1.0 }]);
            search.note(&case, &row(logits.collect()));
            search.note(&case, &row(vec![1.0, 0.0, 1.0, 0.0, 1.0, 0.0]));
            search.next();
            tried.push(weights);
        }
        let of = |sample: usize| tried.iter().map(|weights| weights[sample]).collect::<Vec<f32>>();
        assert_eq!(of(0)[..4], [1.0, 0.5, 0.75, 0.625]);
        assert_eq!(of(1)[..5], [1.0, 10.0, 100.0, 55.0, 32.5]);
        assert!((of(0)[11] - 0.7).abs() < 0.01 && (of(1)[11] - 42.0).abs() < 0.5, "{:?}", tried[11]);
        assert_eq!(of(2)[11], 1e10);
    }
}
