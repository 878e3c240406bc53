//! What runs could not be carried out on, over all of an attack's runs.

use crate::attack::Unable;
use crate::ball::per_sample;
use burn::tensor::{Int, Tensor};

impl Unable {
    /// What is left of it once the run of this number is over too: a sample that any run was carried out on is not.
    pub(super) fn over(before: Option<Unable>, now: Option<Unable>, run: usize) -> Option<Unable> {
        match (run, before, now) {
            (0, _, now) => now,
            (_, Some(before), Some(now)) => Some(Unable { samples: before.samples * now.samples, ..now }),
            _ => None,
        }
    }

    /// These samples only.
    pub(super) fn select(self, rows: &Tensor<1, Int>) -> Unable {
        Unable { samples: self.samples.select(0, rows.clone()), ..self }
    }
}

/// 1 for a sample whose gradient is zero and whose earlier ones were, `[batch, 1]`.
pub(super) fn blind(before: Option<Tensor<2>>, gradient: &Tensor<4>) -> Tensor<2> {
    let size = per_sample(&gradient.clone().abs(), |flat| flat.max_dim(1)).flatten::<2>(1, 3);
    let zero = size.equal_scalar(0.0).float();
    match before {
        Some(before) => before * zero,
        None => zero,
    }
}
