//! What a step of [`crate::apgd`] does beside its pass: a workgroup a sample.

use super::ball::{MOVES, by_sample, directed, in_place, pulled};
use super::kernel::{Kernel, MOST_GROUPS, bindings, buffer, number, own, tensor};
use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;
use foolproof_core::catalog::Norm;

const KEEP: &str = include_str!("apgd.wgsl");
/// The new step and what is left of the one before.
const MOMENTUM: &str = "
    for (var at = start + lane; at < start + FEATURES; at += WIDTH) {
        made[at] = (made[at] - x[at]) * SHARE + (x[at] - before[at]) * (1.0 - SHARE) + x[at];
    }";

/// A point, its gradient and its loss.
pub type Place = (Tensor<4>, Tensor<4>, Tensor<2>);

/// Puts a point over the best one where its loss is greater, counts a rise where it is greater than the last one, and makes
/// it the last one. `kept` gives up the best point, the last loss and the rises, once nothing can fail any more.
pub fn climbed(
    kept: impl FnOnce() -> (Place, Tensor<2>, Tensor<2>),
    here: (&Tensor<4>, &Tensor<4>, &Tensor<2>),
) -> Option<(Place, Tensor<2>, Tensor<2>)> {
    let dims = here.0.dims();
    if dims[0] > MOST_GROUPS {
        return None;
    }
    let (x, gradient, loss) = (buffer(here.0)?, buffer(here.1)?, buffer(here.2)?);
    let (best, last, rises) = kept();
    let (best_x, best_gradient, best_loss) = (own(best.0), own(best.1), own(best.2));
    let (last, rises) = (own(last), own(rises));
    let names = bindings(["x", "gradient", "loss", "best_x", "best_gradient", "best_loss", "last", "rises"]);
    let kernel = Kernel::new(&format!("{names}{KEEP}"), &[("FEATURES", dims[1..].iter().product())]);
    let buffers = [&x, &gradient, &loss, &best_x, &best_gradient, &best_loss, &last, &rises];
    kernel.launch(&buffers, [dims[0], 1])?;
    Some(((tensor(best_x), tensor(best_gradient), tensor(best_loss)), tensor(last), tensor(rises)))
}

/// As [`Ball::climb`](crate::ball::Ball::climb) by a length for each sample, `[batch, 1, 1, 1]`; with the point `before` and
/// the share of the new step in a step with momentum, that step, which may leave the ball.
pub fn stride(
    (norm, radius): (Norm, f32),
    clean: &Tensor<4>,
    x: &Tensor<4>,
    before: Option<(&Tensor<4>, f32)>,
    gradient: &Tensor<4>,
    lengths: &Tensor<4>,
) -> Option<Tensor<4>> {
    let dims = x.dims();
    if [clean.dims(), gradient.dims()] != [dims; 2] || lengths.dims()[0] != dims[0] {
        return None;
    }
    let x = buffer(x)?;
    let radius = number(radius, &x);
    let mut read: Vec<(&str, CubeTensor)> =
        vec![("clean", buffer(clean)?), ("gradient", buffer(gradient)?), ("radius", radius)];
    read.extend([("distance", buffer(lengths)?), ("x", x)]);
    let (text, mut call) =
        (in_place(), format!("{}step_along(start, lane, distance[sample.x]); {}", directed(norm), pulled(norm)));
    let share = before.map_or(1.0, |(_, share)| share);
    if let Some((before, _)) = before {
        read.push(("before", buffer(before)?));
        call.push_str(MOMENTUM);
    }
    by_sample(&format!("const SHARE: f32 = {share:?};\n{MOVES}{text}"), &call, &read, dims)
}
