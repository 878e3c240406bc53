//! Plans of random networks against plain sums in double precision.

#[path = "passes/oracle.rs"]
mod oracle;

use foolproof_kernels::{Convolution, Interval, Layer, Linear, Plan, Pool, Scale};
use oracle::{Random, forward};

/// A network from a seed, with its input: convolutions, pools and scales, then products; any of them may be missing.
fn network(seed: u64) -> ([usize; 3], Vec<Layer>) {
    let mut draw = Random(seed);
    let input = [draw.below(4) + 1, draw.below(8) + 5, draw.below(8) + 5];
    let mut layers = Vec::new();
    let [mut channels, mut rows, mut columns] = input;
    for _ in 0..draw.below(4) {
        match draw.below(5) {
            0 => layers.push(Layer::Scale(Scale { factor: draw.row(channels), shift: draw.row(channels) })),
            1 | 2 => {
                let kernel = [draw.below(rows.min(4)) + 1, draw.below(columns.min(4)) + 1];
                let pool = Pool {
                    kernel,
                    stride: [draw.below(3) + 1, draw.below(3) + 1],
                    padding: kernel.map(|k| draw.below(k / 2 + 1)),
                };
                [rows, columns] = sides([rows, columns], kernel, pool.stride, pool.padding.map(|side| 2 * side));
                layers.push(if draw.below(2) == 0 { Layer::MaxPool(pool) } else { Layer::AvgPool(pool) });
            }
            _ => {
                let kernel = [draw.below(rows.min(5)) + 1, draw.below(columns.min(5)) + 1];
                let (stride, padding) =
                    ([draw.below(3) + 1, draw.below(3) + 1], std::array::from_fn(|_| draw.below(4)));
                let out = draw.below(19) + 1;
                let [top, left, bottom, right] = padding;
                let weight = draw.row(out * channels * kernel[0] * kernel[1]);
                let bias = if draw.below(3) == 0 { Vec::new() } else { draw.row(out) };
                layers.push(Layer::Convolution(Convolution {
                    channels: [channels, out],
                    kernel,
                    stride,
                    padding,
                    weight,
                    bias,
                }));
                [rows, columns] = sides([rows, columns], kernel, stride, [top + bottom, left + right]);
                channels = out;
            }
        }
        if draw.below(2) == 0 {
            layers.push(Layer::Relu);
        }
    }
    layers.push(Layer::Flatten);
    let mut features = channels * rows * columns;
    if draw.below(4) == 0 {
        layers.push(Layer::Scale(Scale { factor: draw.row(features), shift: draw.row(features) }));
    }
    for _ in 0..draw.below(2) + 1 {
        let out = draw.below(20) + 1;
        let (weight, bias) = (draw.row(out * features), draw.row(out));
        layers.push(Layer::Linear(Linear { features: [features, out], weight, bias }));
        features = out;
        if draw.below(2) == 0 {
            layers.push(Layer::Relu);
        }
    }
    (input, layers)
}

fn sides(of: [usize; 2], kernel: [usize; 2], stride: [usize; 2], around: [usize; 2]) -> [usize; 2] {
    std::array::from_fn(|axis| (of[axis] + around[axis] - kernel[axis]) / stride[axis] + 1)
}

fn close(got: &[f32], expected: &[f64], what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    let size = expected.iter().fold(1.0f64, |most, value| most.max(value.abs()));
    for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert!((f64::from(*got) - expected).abs() <= 2e-5 * size, "{what} {at}: {got} for {expected}");
    }
}

#[test]
fn logits_and_gradients_of_random_networks_are_those_of_plain_sums() {
    for seed in 0..400 {
        let (input, layers) = network(seed);
        let plan = Plan::new(input, layers.clone()).unwrap();
        let mut draw = Random(seed + 1_000_000);
        let samples = [1, 2, 3, 5, 17, 33][draw.below(6)];
        let x = draw.row(samples * plan.features());
        let slope = draw.row(samples * plan.classes());
        // What another pass has left in the buffers has no part in this one.
        let (_, before) = plan.forward(&vec![1e6; (samples + 1) * plan.features()]);
        plan.gradient(&before, &vec![-1e6; (samples + 1) * plan.classes()]);
        drop(before);
        let (logits, tape) = plan.forward(&x);
        let gradient = plan.gradient(&tape, &slope);
        assert_eq!(logits, plan.logits(&x), "network {seed}");
        for sample in 0..samples {
            let part = |all: &[f32], size: usize| all[sample * size..][..size].to_vec();
            let (expected, back) = forward(input, &layers, &part(&x, plan.features()), &part(&slope, plan.classes()));
            let what = format!("network {seed}, sample {sample} of {samples}");
            close(&part(&logits, plan.classes()), &expected, &what);
            close(&part(&gradient, plan.features()), &back, &format!("{what}, gradient"));
        }
    }
}

/// A layer's numbers that it learns, to be changed.
fn learnt(layer: &mut Layer) -> Option<[&mut Vec<f32>; 2]> {
    match layer {
        Layer::Convolution(layer) => Some([&mut layer.weight, &mut layer.bias]),
        Layer::Linear(layer) => Some([&mut layer.weight, &mut layer.bias]),
        Layer::Scale(layer) => Some([&mut layer.factor, &mut layer.shift]),
        _ => None,
    }
}

#[test]
fn gradients_by_weights_are_finite_differences_of_plain_sums() {
    for seed in 0..60 {
        let (input, layers) = network(seed);
        let plan = Plan::new(input, layers.clone()).unwrap();
        let mut draw = Random(seed + 2_000_000);
        let samples = [1, 3, 18][draw.below(3)];
        let (x, slope) = (draw.row(samples * plan.features()), draw.row(samples * plan.classes()));
        let (_, tape) = plan.forward(&x);
        let (by_input, gradients) = plan.gradients(&tape, &slope, true);
        assert_eq!(by_input, plan.gradient(&tape, &slope));
        assert_eq!(plan.gradients(&tape, &slope, false), (Vec::new(), gradients.clone()));
        let loss = |layers: &[Layer]| -> f64 {
            let each = |sample: usize| {
                let part = |all: &[f32], size: usize| all[sample * size..][..size].to_vec();
                let slope = part(&slope, plan.classes());
                let (logits, _) = forward(input, layers, &part(&x, plan.features()), &slope);
                logits.iter().zip(&slope).map(|(logit, slope)| logit * f64::from(*slope)).sum::<f64>()
            };
            (0..samples).map(each).sum()
        };
        let places: Vec<usize> = (0..layers.len()).filter(|&at| learnt(&mut layers.clone()[at]).is_some()).collect();
        assert_eq!(places.len(), gradients.len());
        for (at, gradients) in places.into_iter().zip(gradients) {
            for (which, gradient) in [gradients.weight, gradients.bias].into_iter().enumerate() {
                let count = learnt(&mut layers.clone()[at]).unwrap()[which].len();
                if count == 0 {
                    continue;
                }
                assert_eq!(gradient.len(), count, "network {seed}, layer {at}");
                let place = draw.below(count);
                let moved = |by: f32| {
                    let mut moved = layers.clone();
                    learnt(&mut moved[at]).unwrap()[which][place] += by;
                    (loss(&moved), learnt(&mut moved[at]).unwrap()[which][place])
                };
                let ((up, high), (down, low)) = (moved(1e-4), moved(-1e-4));
                let expected = (up - down) / f64::from(high - low);
                let size = gradient.iter().fold(1.0f32, |most, one| most.max(one.abs()));
                let off = (f64::from(gradient[place]) - expected).abs();
                // A ReLU or a largest may turn within the step: few do, and then by a little.
                assert!(
                    off <= 2e-3 * f64::from(size),
                    "network {seed}, layer {at}, {which}: {} for {expected}",
                    gradient[place]
                );
            }
        }
    }
}

#[test]
fn intervals_hold_every_sample_between_their_ends_and_are_learnt_from_as_samples_where_they_are_points() {
    for seed in 0..120 {
        let (input, layers) = network(seed);
        let (plan, interval) = (Plan::new(input, layers.clone()).unwrap(), Interval::new(input, layers).unwrap());
        let mut draw = Random(seed + 3_000_000);
        let samples = [1, 3, 18][draw.below(3)];
        let (x, slope) = (draw.row(samples * plan.features()), draw.row(samples * plan.classes()));
        let (logits, tape) = plan.forward(&x);
        let ([low, high], ends) = interval.forward([&x, &x]);
        let wide = |row: &[f32]| row.iter().copied().map(f64::from).collect::<Vec<_>>();
        close(&low, &wide(&logits), &format!("network {seed}, lower ends"));
        close(&high, &wide(&logits), &format!("network {seed}, upper ends"));
        let (_, gradients) = plan.gradients(&tape, &slope, false);
        // A loss of both ends alike is one of the middle.
        let half: Vec<f32> = slope.iter().map(|slope| 0.5 * slope).collect();
        for (found, expected) in interval.gradients(&ends, [&half, &half]).iter().zip(&gradients) {
            close(&found.weight, &wide(&expected.weight), &format!("network {seed}, by weights"));
            close(&found.bias, &wide(&expected.bias), &format!("network {seed}, by biases"));
        }
        let reach = draw.row(x.len());
        let end = |sign: f32| x.iter().zip(&reach).map(|(x, reach)| x + sign * reach.abs()).collect::<Vec<f32>>();
        let ([low, high], _) = interval.forward([&end(-1.0), &end(1.0)]);
        let inside = x.iter().zip(&reach).map(|(x, reach)| x + draw.row(1)[0] * reach).collect::<Vec<f32>>();
        for ((logit, low), high) in plan.logits(&inside).iter().zip(&low).zip(&high) {
            let slack = 1e-4 * low.abs().max(high.abs()).max(1.0);
            assert!(low - slack <= *logit && *logit <= high + slack, "network {seed}: {low}, {logit}, {high}");
        }
    }
}

#[test]
fn a_sample_fares_alone_as_in_company() {
    let (input, layers) = network(7);
    let plan = Plan::new(input, layers).unwrap();
    let x = Random(3).row(40 * plan.features());
    let together = plan.logits(&x);
    let alone: Vec<f32> = x.chunks(plan.features()).flat_map(|x| plan.logits(x)).collect();
    assert_eq!(together, alone, "bit for bit");
}

#[test]
fn what_does_not_fit_is_refused() {
    let linear = |features: [usize; 2], count: usize| {
        Layer::Linear(Linear { features, weight: vec![0.0; count], bias: Vec::new() })
    };
    let plan = |layers: Vec<Layer>| Plan::new([2, 3, 3], layers).is_some();
    assert!(plan(vec![Layer::Flatten, linear([18, 4], 72)]));
    assert!(!plan(vec![linear([18, 4], 72)]), "pictures are no features");
    assert!(!plan(vec![Layer::Flatten, linear([17, 4], 68)]));
    assert!(!plan(vec![Layer::Flatten, linear([18, 4], 71)]));
    assert!(!plan(vec![Layer::Flatten]), "channel by channel is another order");
    assert!(!plan(vec![]));
    let wide = Pool { kernel: [4, 4], stride: [1, 1], padding: [0, 0] };
    assert!(!plan(vec![Layer::MaxPool(wide), Layer::Flatten, linear([2, 4], 8)]));
}

#[test]
fn nothing_is_made_a_number_that_is_none() {
    let linear = Linear { features: [1, 2], weight: vec![1.0, -1.0], bias: vec![0.0; 2] };
    let plan = Plan::new([1, 1, 1], vec![Layer::Relu, Layer::Flatten, Layer::Linear(linear)]).unwrap();
    assert!(plan.logits(&[f32::NAN]).iter().all(|logit| logit.is_nan()));
}
