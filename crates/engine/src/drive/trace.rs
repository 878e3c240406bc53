//! Notes of every iterate: its losses on the device, and its queries on the host.

use crate::loss;
use burn::tensor::{Int, Tensor};

/// Most losses noted a sample; a longer attack notes every second one, or every third.
const LONGEST: u32 = 1000;

/// The timeline of an attack so far, iterate by iterate over every run. A run of n steps has n + 1 iterates.
pub(super) struct Trace {
    /// Cross-entropy at every `every`-th iterate, `[batch, 1]` each.
    losses: Vec<Tensor<2>>,
    /// Queries spent up to each iterate's logits: more than up to the one before.
    spent: Vec<u32>,
    every: u32,
}

impl Trace {
    /// Nothing yet, of runs of so many steps.
    pub fn of(plan: &[u32]) -> Trace {
        let iterates: u32 = plan.iter().map(|steps| steps + 1).sum();
        Trace { losses: Vec::new(), spent: Vec::new(), every: iterates.div_ceil(LONGEST) }
    }

    /// Notes an iterate, and answers its margin, which is computed with the loss where the two are not `known`.
    ///
    /// # Shapes
    /// `logits` and `class`: `[batch, class]`; margin and loss, and the result: `[batch, 1]`.
    pub fn note(
        &mut self,
        logits: &Tensor<2>,
        class: &Tensor<2>,
        known: Option<[Tensor<2>; 2]>,
        spent: u32,
    ) -> Tensor<2> {
        let is_noted = self.spent.len().is_multiple_of(self.every as usize);
        self.spent.push(spent);
        if !is_noted {
            return known.map_or_else(|| loss::margin(logits, class), |[margin, _]| margin);
        }
        let (margin, loss) =
            known.map_or_else(|| loss::margin_and_cross_entropy(logits, class), |[margin, loss]| (margin, loss));
        self.losses.push(loss);
        margin
    }

    /// The losses noted, `[batch, 1]` each.
    pub fn losses(&self) -> &[Tensor<2>] {
        &self.losses
    }

    /// Iterates from one noted loss to the next.
    pub fn every(&self) -> u32 {
        self.every
    }

    /// The iterate whose logits cost so many queries; `None` if none did, as for a clean input that meets the goal.
    pub fn iterate(&self, spent: u32) -> Option<u32> {
        self.spent.binary_search(&spent).ok().map(|place| place as u32)
    }

    /// Goes on with these samples only.
    pub fn select(&mut self, index: &Tensor<1, Int>) {
        self.losses.iter_mut().for_each(|losses| *losses = losses.clone().select(0, index.clone()));
    }
}
