//! The best iterate of each sample so far, by what the attack is after.

use crate::attack::Attack;
use crate::{ball::Ball, case::Case};
use burn::tensor::{Bool, Int, Tensor};
use foolproof_core::catalog::Aim;

/// Rank of an input that an attack on the nearest one has not fooled: further than any picture. Finite, so that no
/// infinity can spread.
const NOWHERE: f32 = -1e9;
/// Weight of the margins beside the number of inputs fooled: they decide between equals only.
const MARGIN_WEIGHT: f32 = 1e-4;
/// Stands in for 0 where all margins are, as behind a network that answers alike everywhere.
const SMALLEST: f32 = 1e-30;

/// The best iterate of each sample.
pub(super) struct Best {
    pub x: Tensor<4>,
    pub logits: Tensor<2>,
    /// Margin toward the goal, `[batch, 1]`; positive is success.
    pub score: Tensor<2>,
    /// Queries spent when the goal was met first, `[batch, 1]`; 0 where it was not.
    pub queries: Tensor<2>,
    /// What the attack maximises, `[batch, 1]`.
    rank: Tensor<2>,
}

impl Best {
    /// The clean inputs.
    pub fn new(case: &Case, ball: &Ball, attack: &dyn Attack) -> Best {
        let score = case.score(&case.logits);
        let rank = match attack.aim() {
            // A clean input with another answer is its own nearest one, whatever confidence is asked for.
            Aim::Nearest => score.clone().lower_equal_scalar(0.0).float().mul_scalar(NOWHERE),
            _ => rank(case, ball, attack, &case.clean, &score),
        };
        let queries = score.clone().greater_scalar(0.0).float();
        Best { x: case.clean.clone(), logits: case.logits.clone(), score, queries, rank }
    }

    /// Keeps an iterate where it is better, and answers where, `[batch, 1]`. `queries` were spent up to its logits.
    pub fn judge(
        &mut self,
        case: &Case,
        ball: &Ball,
        attack: &dyn Attack,
        x: &Tensor<4>,
        logits: Tensor<2>,
        queries: u32,
    ) -> Tensor<2, Bool> {
        let score = case.score(&logits);
        let first = score.clone().greater_scalar(0.0).bool_and(self.queries.clone().equal_scalar(0.0));
        self.queries = self.queries.clone().mask_fill(first, queries as f32);
        let rank = rank(case, ball, attack, x, &score);
        let better = self.rank.clone().lower(rank.clone());
        let (batch, dims) = (better.dims()[0], x.dims());
        let of_pixels = better.clone().reshape([batch, 1, 1, 1]).expand(dims);
        let of_logits = better.clone().expand(logits.dims());
        self.x = self.x.clone().mask_where(of_pixels, x.clone());
        self.logits = self.logits.clone().mask_where(of_logits, logits);
        self.score = self.score.clone().mask_where(better.clone(), score);
        self.rank = self.rank.clone().mask_where(better.clone(), rank);
        better
    }

    /// These samples only.
    pub fn select(&self, rows: &Tensor<1, Int>) -> Best {
        Best {
            x: self.x.clone().select(0, rows.clone()),
            logits: self.logits.clone().select(0, rows.clone()),
            score: self.score.clone().select(0, rows.clone()),
            queries: self.queries.clone().select(0, rows.clone()),
            rank: self.rank.clone().select(0, rows.clone()),
        }
    }
}

/// How good an iterate with this margin is, `[batch, 1]`.
fn rank(case: &Case, ball: &Ball, attack: &dyn Attack, x: &Tensor<4>, score: &Tensor<2>) -> Tensor<2> {
    match attack.aim() {
        Aim::Within | Aim::Free => score.clone(),
        Aim::Nearest => {
            let short =
                score.clone().greater_scalar(0.0).bool_and(score.clone().greater_equal_scalar(attack.confidence()));
            attack.measure(case, ball, x).neg().mask_fill(short.bool_not(), NOWHERE)
        }
        Aim::Shared => {
            let fooled = score.clone().greater_scalar(0.0).float();
            // Squeezed between -1 and 1, so that no margin outweighs an input, and still in order: by the clean inputs'
            // mean margin, so that it is the same whatever logits are counted in.
            let usual = case.score(&case.logits).abs().mean_dim(0);
            let margins = score.clone() / (score.clone().abs() + usual).clamp_min(SMALLEST);
            (fooled + margins.mul_scalar(MARGIN_WEIGHT)).mean_dim(0).expand(score.dims())
        }
    }
}
