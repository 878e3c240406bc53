//! The best iterate of each sample so far, by what the attack is after.

use crate::attack::Attack;
use crate::{ball::Ball, case::Case, in_memory::Numbers, on_gpu, upload::floats};
use burn::tensor::{Bool, Int, Tensor};
use foolproof_core::catalog::Aim;
use std::mem::replace;

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

/// An iterate with what was asked of it.
pub(super) struct Iterate<'a> {
    pub x: &'a Tensor<4>,
    pub logits: Tensor<2>,
    /// Margin toward the goal, `[batch, 1]`.
    pub score: Tensor<2>,
    /// Spent up to its logits.
    pub queries: u32,
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

    /// Keeps an iterate where it is better. Answers where, `[batch, 1]`, if all inputs share a perturbation, of which the
    /// better one is to be kept too.
    pub fn judge(
        &mut self,
        case: &Case,
        ball: &Ball,
        attack: &dyn Attack,
        Iterate { x, logits, score, queries }: Iterate<'_>,
    ) -> Option<Tensor<2, Bool>> {
        let plain = matches!(attack.aim(), Aim::Within | Aim::Free);
        if plain {
            let judged = self.judge_in_memory(x, &logits, &score, queries);
            if judged.or_else(|| self.judge_on_gpu(x, &logits, &score, queries)).is_some() {
                return None;
            }
        }
        let rank = rank(case, ball, attack, x, &score);
        let better = self.judge_tensors(x, logits, score, rank, queries);
        (attack.aim() == Aim::Shared).then_some(better)
    }

    /// By each iterate's margin and rank, `[batch, 1]` each, in burn's operations, on any device. Answers where it is
    /// better.
    fn judge_tensors(
        &mut self,
        x: &Tensor<4>,
        logits: Tensor<2>,
        score: Tensor<2>,
        rank: Tensor<2>,
        queries: u32,
    ) -> Tensor<2, Bool> {
        let first = score.clone().greater_scalar(0.0).bool_and(self.queries.clone().equal_scalar(0.0));
        self.queries = self.queries.clone().mask_fill(first, queries as f32);
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

    /// The same in one pass where a margin is its own rank; `None` where numbers are elsewhere, and nothing has changed.
    fn judge_in_memory(&mut self, x: &Tensor<4>, logits: &Tensor<2>, score: &Tensor<2>, queries: u32) -> Option<()> {
        let (now, before, spent) = (Numbers::of(score)?, Numbers::of(&self.score)?, Numbers::of(&self.queries)?);
        let first = |(now, spent): (&f32, &f32)| if *now > 0.0 && *spent == 0.0 { queries as f32 } else { *spent };
        let firsts: Vec<f32> = now.iter().zip(&*spent).map(first).collect();
        let better: Vec<bool> = now.iter().zip(&*before).map(|(now, before)| before < now).collect();
        if firsts != *spent {
            self.queries = floats(firsts, score.dims(), &score.device());
        }
        if better.iter().any(|better| *better) {
            self.x = pick(&better, x, &self.x)?;
            self.logits = pick(&better, logits, &self.logits)?;
            self.score = pick(&better, score, &self.score)?;
            self.rank = self.score.clone();
        }
        Some(())
    }

    /// The same on a GPU.
    fn judge_on_gpu(&mut self, x: &Tensor<4>, logits: &Tensor<2>, score: &Tensor<2>, queries: u32) -> Option<()> {
        let kept = || {
            // Nobody else may have the buffers that are written.
            self.rank = score.clone();
            let queries = replace(&mut self.queries, score.clone());
            let (x, logits) = (replace(&mut self.x, x.clone()), replace(&mut self.logits, logits.clone()));
            (x, logits, replace(&mut self.score, score.clone()), queries)
        };
        let (x, logits, score, queries) = on_gpu::keep(kept, x, logits, score, queries)?;
        let rank = score.clone();
        *self = Best { x, logits, score, queries, rank };
        Some(())
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

/// Each sample of `new` where it is better, else of `old`; `None` where numbers are elsewhere.
fn pick<const D: usize>(better: &[bool], new: &Tensor<D>, old: &Tensor<D>) -> Option<Tensor<D>> {
    if better.iter().all(|better| *better) {
        return Some(new.clone());
    }
    let (from, mut kept) = (Numbers::of(new)?, Numbers::of(old)?.to_vec());
    let width = (kept.len() / better.len()).max(1);
    let rows = kept.chunks_mut(width).zip(from.chunks(width)).zip(better);
    for ((kept, new), _) in rows.filter(|(_, better)| **better) {
        kept.copy_from_slice(new);
    }
    Some(floats(kept, old.dims(), &old.device()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use burn::tensor::Device;

    fn values<const D: usize>(x: &Tensor<D>) -> Vec<f32> {
        Numbers::of(x).unwrap().to_vec()
    }

    #[test]
    fn one_pass_keeps_what_burns_operations_keep() {
        const BATCH: usize = 5;
        let device = Device::flex();
        let mut stream = Stream::new(3, 0, 0);
        let mut draw = |count: usize| (0..count).map(|_| 2.0 * stream.uniform() - 1.0).collect::<Vec<f32>>();
        let pixels = |values: Vec<f32>| floats(values, [BATCH, 1, 2, 3], &device);
        let rows = |values: Vec<f32>, width| floats(values, [BATCH, width], &device);
        let score = rows(draw(BATCH), 1).sub_scalar(1.0);
        let (x, logits, queries) = (pixels(draw(6 * BATCH)), rows(draw(4 * BATCH), 4), score.zeros_like());
        let mut one = Best { x, logits, rank: score.clone(), score, queries };
        let mut other = one.select(&crate::case::places(&[0, 1, 2, 3, 4], &device));
        let mut spent = 0;
        for turn in 0..20 {
            let (x, logits) = (pixels(draw(6 * BATCH)), rows(draw(4 * BATCH), 4));
            // Now all are better, now none, now some; equals are not.
            let score = match turn % 4 {
                0 => one.score.clone().add_scalar(0.1),
                1 => one.score.clone(),
                _ => rows(draw(BATCH), 1),
            };
            spent += 2;
            one.judge_in_memory(&x, &logits, &score, spent).unwrap();
            other.judge_tensors(&x, logits, score.clone(), score, spent);
            assert_eq!((values(&one.x), values(&one.logits)), (values(&other.x), values(&other.logits)));
            assert_eq!((values(&one.score), values(&one.rank)), (values(&other.score), values(&other.rank)));
            assert_eq!(values(&one.queries), values(&other.queries));
        }
        assert!(values(&one.queries).iter().any(|spent| *spent > 2.0), "some were fooled on the way");
    }
}
