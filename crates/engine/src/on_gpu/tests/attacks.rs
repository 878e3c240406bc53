//! Whole attacks on the GPU against the same in memory.

use super::{agree, architecture, draw, gpu, network, values};
use crate::apgd::{Apgd, Objective};
use crate::attack::Attack;
use crate::attacks::{Pgd, Start};
use crate::ball::Ball;
use crate::case::Case;
use crate::drive::{Drive, Finished};
use crate::on_gpu;
use crate::one_hot::one_hot;
use crate::upload::floats;
use burn::tensor::{Device, Tensor};
use foolproof_core::catalog::Norm;

/// An attack on three inputs that a device's network is sure of, away from their answers or toward another class.
fn attacked(device: &Device, ball: &Ball, reach: bool, attack: Box<dyn Attack>) -> Finished {
    let clean = floats(draw(990, 8), [3, 3, 10, 11], device).clamp(0.0, 1.0);
    let network = network(device);
    let (logits, class) =
        (network.forward(clean.clone()), |labels: [u32; 3]| one_hot(&labels, architecture().classes, device));
    let case = Case { logits, ..Case::unanswered(clean, class([3, 5, 0]), 1, 0) };
    let case = if reach { case.toward(class([1, 1, 2])) } else { case };
    let mut drive = Drive::new(network, case, ball.clone(), attack);
    while drive.advance(100) {}
    pollster::block_on(drive.finish()).unwrap()
}

/// Rounding grows from step to step, so a short attack.
#[track_caller]
fn same(what: &str, ball: &Ball, reach: bool, attack: impl Fn() -> Box<dyn Attack>) {
    let [own, expected] = [gpu(), Device::flex()].map(|device| attacked(&device, ball, reach, attack()));
    for (own, expected) in own.samples.iter().zip(&expected.samples) {
        assert_eq!((own.queries, own.iterate, own.success), (expected.queries, expected.iterate, expected.success));
        assert_eq!(own.loss.len(), expected.loss.len());
        let apart = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        let (losses, pixels) = (apart(&own.loss, &expected.loss), apart(&own.pixels, &expected.pixels));
        assert!(
            losses < 1e-3 && pixels < 1e-4,
            "{what}, {:?}, {reach}: losses are {losses} apart, pixels {pixels}\n{:?}\n{:?}",
            ball.norm,
            own.loss,
            expected.loss
        );
        assert!(expected.loss.last() != expected.loss.first(), "it moves");
    }
}

#[test]
fn pgd_goes_the_way_that_it_goes_in_memory() {
    for (norm, radius) in [(Norm::Linf, 0.1), (Norm::L2, 1.0), (Norm::L1, 5.0)] {
        let pgd =
            || Box::new(Pgd { steps: 6, step: radius / 4.0, restarts: 2, start: Start::Random }) as Box<dyn Attack>;
        for reach in [false, true] {
            same("PGD", &Ball::new(norm, radius), reach, pgd);
        }
    }
}

#[test]
fn apgd_goes_the_way_that_it_goes_in_memory() {
    for (norm, radius) in [(Norm::Linf, 0.1), (Norm::L2, 1.0), (Norm::L1, 5.0)] {
        let ball = Ball::new(norm, radius);
        // Where the class has become the third, the ratio's slope is 0 but for rounding, of which a sign makes a step.
        for (objective, steps) in [(Objective::CrossEntropy, 10), (Objective::Ratio, 3)] {
            let apgd =
                || Box::new(Apgd { steps, runs: 2, objective, funnel: false, ball: ball.clone() }) as Box<dyn Attack>;
            for reach in [false, true] {
                same(&format!("{objective:?}"), &ball, reach, apgd);
            }
        }
    }
}

/// The loss of each of three samples, and a picture of each number.
fn points(device: &Device, losses: [f32; 3], seed: u64) -> (Tensor<4>, Tensor<4>, Tensor<2>) {
    let picture = |seed| floats(draw(990, seed), [3, 3, 10, 11], device);
    (picture(seed), picture(seed + 1), floats(losses.to_vec(), [3, 1], device))
}

#[test]
fn the_best_point_of_apgd_is_kept_and_rises_are_counted() {
    let gpu = gpu();
    let row = |values: [f32; 3]| floats(values.to_vec(), [3, 1], &gpu);
    let (best, here) = (points(&gpu, [1.0, 2.0, 3.0], 1), points(&gpu, [1.0, 2.5, 1.0], 3));
    let shared = best.clone();
    let kept = || (best.clone(), row([0.5, 2.5, 2.0]), row([1.0, 1.0, 0.0]));
    let ((x, gradient, loss), last, rises) = on_gpu::climbed(kept, (&here.0, &here.1, &here.2)).unwrap();
    assert_eq!(
        (values(loss), values(last), values(rises)),
        (vec![1.0, 2.5, 3.0], vec![1.0, 2.5, 1.0], vec![2.0, 1.0, 0.0])
    );
    for (kept, old, new) in [(x, shared.0, here.0), (gradient, shared.1, here.1)] {
        let (kept, old, new) = (values(kept), values(old), values(new));
        assert!(kept[..330] == old[..330] && kept[330..660] == new[330..660] && kept[660..] == old[660..]);
    }
}

#[test]
fn a_stride_of_apgd_is_a_projected_step_with_momentum() {
    let (gpu, cpu) = (gpu(), Device::flex());
    for (norm, radius) in [(Norm::Linf, 0.2), (Norm::L2, 2.0)] {
        let ball = Ball::new(norm, radius);
        let on = |device: &Device| {
            let (clean, gradient, _) = points(device, [0.0; 3], 5);
            let clean = clean.clamp(0.0, 1.0);
            let x = ball.project(&clean, points(device, [0.0; 3], 7).0);
            let lengths = floats(vec![0.05, 0.4, 3.0], [3, 1, 1, 1], device);
            (ball.project(&clean, points(device, [0.0; 3], 9).0), clean, gradient, x, lengths)
        };
        let (own, (before, clean, gradient, x, lengths)) = (on(&gpu), on(&cpu));
        let moved = ball.project(&clean, x.clone() + ball.steepest(gradient) * lengths);
        let stride = |before| on_gpu::stride((norm, radius), &own.1, &own.3, before, &own.2, &own.4).unwrap();
        agree(stride(None), moved.clone(), "without momentum");
        let along = (moved - x.clone()).mul_scalar(0.75) + (x.clone() - before).mul_scalar(0.25) + x;
        agree(stride(Some((&own.0, 0.75))), along, "with momentum");
    }
}
