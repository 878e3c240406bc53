//! The best iterate of each sample, kept in place: what [`crate::drive`] says in burn's operations, a workgroup a sample.

use super::kernel::{Kernel, MOST_GROUPS, buffer, number, own, tensor};
use burn::tensor::Tensor;

const BEST: &str = include_str!("best.wgsl");

/// The best iterates, their logits, their margins, and the queries spent when the goal was met first.
pub type Kept = (Tensor<4>, Tensor<2>, Tensor<2>, Tensor<2>);

/// Writes an iterate with its logits and margins over the best ones where it is better.
///
/// `kept` is asked for once nothing can fail any more, since it is given up: the iterate is on a GPU, and the batch is not
/// too large.
pub fn keep(
    kept: impl FnOnce() -> Kept,
    x: &Tensor<4>,
    logits: &Tensor<2>,
    score: &Tensor<2>,
    spent: u32,
) -> Option<Kept> {
    if logits.dims()[0] > MOST_GROUPS {
        return None;
    }
    let (new, answers, margins) = (buffer(x)?, buffer(logits)?, buffer(score)?);
    let [batch, classes] = logits.dims();
    let features = x.dims()[1..].iter().product();
    let (best, of, margin, queries) = kept();
    let (best, of, margin, queries) = (own(best), own(of), own(margin), own(queries));
    let spent = number(spent as f32, &new);
    let kernel = Kernel::new(BEST, &[("FEATURES", features), ("CLASSES", classes)]);
    kernel.launch(&[&new, &answers, &margins, &best, &of, &margin, &queries, &spent], [batch, 1])?;
    Some((tensor(best), tensor(of), tensor(margin), tensor(queries)))
}
