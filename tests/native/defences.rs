//! Defences before a network and inside it: what they make of an input, of a gradient and of bounds.

mod broken;

use crate::toy;
use crate::zoo;
use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_core::catalog::Norm;
use foolproof_core::defence::{DefenceSpec, shape};
use foolproof_engine::defence::{Defence, Preprocessor};
use foolproof_engine::sequential::{Modifiers, Sequential};
use foolproof_engine::{defences, loss, random::Stream, weights};
use std::sync::Arc;

/// Pictures of two channels, no side of which is whole blocks.
const TWO: [usize; 4] = [1, 2, 11, 9];

fn spec(text: &str) -> DefenceSpec {
    DefenceSpec::read(text).unwrap()
}

fn before(text: &str, input: [usize; 3]) -> Arc<dyn Preprocessor> {
    match defences::make(&[spec(text)], input).unwrap().remove(0) {
        Defence::Before(part) => part,
        inside => panic!("{inside:?}"),
    }
}

fn tensor(values: Vec<f32>, shape: [usize; 4]) -> Tensor<4> {
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

fn streams() -> [Stream; 1] {
    [Stream::new(3, 7, 0)]
}

fn drawn(seed: u64, shape: [usize; 4]) -> Tensor<4> {
    let mut stream = Stream::new(seed, 1, 0);
    tensor((0..shape.iter().product()).map(|_| stream.uniform()).collect(), shape)
}

fn dot(a: &Tensor<4>, b: &Tensor<4>) -> f32 {
    toy::values((a.clone() * b.clone()).sum())[0]
}

#[test]
fn pictures_are_seen_as_numpy_and_scipy_make_them() {
    let reference = zoo::reference("defences/seen");
    let numbers = |value: &serde_json::Value| -> Vec<f32> {
        value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap() as f32).collect()
    };
    let x = tensor(numbers(&reference["x"]), TWO);
    let all = reference["seen"].as_object().unwrap();
    assert_eq!(all.len(), 8, "the results are not where this test looks for them");
    for (text, theirs) in all {
        let seen = before(text, [2, 11, 9]).forward(x.clone(), &mut streams());
        let [_, channels, rows, columns] = seen.dims();
        assert_eq!([channels, rows, columns], shape(&[spec(text)], [2, 11, 9]), "{text}");
        let (own, theirs) = (toy::values(seen), numbers(theirs));
        assert_eq!(own.len(), theirs.len(), "{text}");
        let far = own.iter().zip(&theirs).filter(|(own, theirs)| (*own - *theirs).abs() > 1e-5).count();
        assert_eq!(far, 0, "{text}: of {}", own.len());
    }
}

#[test]
fn a_random_defence_draws_by_its_stream_and_goes_back_the_way_it_came() {
    let (x, y) = (drawn(1, TWO), drawn(2, TWO));
    for text in ["noise:sigma:.3", "shift:pixels:3"] {
        let part = before(text, [2, 11, 9]);
        assert!(part.is_random(), "{text}");
        let seen = |mut streams: [Stream; 1]| toy::values(part.forward(x.clone(), &mut streams));
        assert_eq!(seen(streams()), seen(streams()), "{text}");
        assert_ne!(seen(streams()), seen([Stream::new(3, 8, 0)]), "{text}");
        let back = part.back(&x, &y, &mut streams()).unwrap();
        // A linear map and its transpose: <Ax, y> = <x, A'y>; noise is the identity and a summand.
        let linear = part.forward(x.clone(), &mut streams()) - part.forward(x.zeros_like(), &mut streams());
        assert!((dot(&linear, &y) - dot(&x, &back)).abs() < 1e-3, "{text}");
    }
    let moved = before("shift:pixels:3", [2, 11, 9]).forward(x.clone(), &mut streams());
    assert!(dot(&moved, &moved) <= dot(&x, &x), "nothing but black comes in");
}

#[test]
fn noise_has_the_standard_deviation_that_it_says() {
    let x = tensor(vec![0.5; 20_000], [1, 1, 100, 200]);
    let noise = before("noise:sigma:.3", [1, 100, 200]).forward(x.clone(), &mut streams()) - x;
    assert!((dot(&noise, &noise) / 20_000.0 - 0.09).abs() < 0.003);
}

#[test]
fn the_soft_thermometer_has_the_slope_of_its_logistic_functions() {
    let part = before("thermometer:levels:4", [2, 11, 9]);
    let (x, gradient) = (drawn(1, TWO), drawn(2, [1, 8, 11, 9]));
    let soft = |x: &[f32]| -> Vec<f64> {
        let level = |at: usize| (at / 99 % 4) as f64 / 4.0;
        let value = |at: usize| f64::from(x[at / 396 * 99 + at % 99]);
        (0..792).map(|at| 1.0 / (1.0 + (-64.0 * (value(at) - level(at))).exp())).collect()
    };
    let (pixels, slopes) = (toy::values(x.clone()), toy::values(gradient.clone()));
    let sum = |x: &[f32]| soft(x).iter().zip(&slopes).map(|(soft, slope)| soft * f64::from(*slope)).sum::<f64>();
    let own = toy::values(part.surrogate(&x, gradient));
    for at in [0, 40, 98, 99, 150, 197] {
        let by = |step: f32| {
            let mut other = pixels.clone();
            other[at] += step;
            (sum(&other), other[at])
        };
        let ((high, right), (low, left)) = (by(1e-3), by(-1e-3));
        let slope = (high - low) / f64::from(right - left);
        assert!((slope - f64::from(own[at])).abs() < 0.02 * (1.0 + slope.abs()), "{at}: {slope} and {}", own[at]);
    }
}

#[test]
fn the_mean_over_draws_is_the_gradient_of_the_mean_logits() {
    // Noise of no size: every draw sees the same, so that the mean over draws is the network's own answer and gradient.
    let (plain, x) = (toy::trained(), toy::images(&toy::pixels(4, 3)));
    let still = plain.clone().noisy(0.0, 1).expected(&[]);
    let slope = |logits: &Tensor<2>| logits.clone().mul_scalar(0.5).add_scalar(0.1);
    let ((logits, gradient), (own, by)) = (plain.input_gradient(&x, slope), still.input_gradient(&x, slope));
    assert!(near(&toy::values(logits), &toy::values(own)) && near(&toy::values(gradient), &toy::values(by)));
}

fn near(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4 * (1.0 + a.abs()))
}

#[test]
fn an_ensemble_goes_back_through_each_member_and_its_defence() {
    let (one, two) = (toy::trained(), toy::network(2));
    let x = toy::images(&toy::pixels(4, 2));
    let case = toy::case(&one, &toy::pixels(4, 2), &[1, 2], None, 1, 0);
    let slope = |logits: &Tensor<2>| loss::cross_entropy_slope(logits, &case.class);
    let both = Sequential::mean_of(vec![one.clone(), two.clone()]);
    let (logits, gradient) = both.input_gradient(&x, slope);
    let half = |network: &Sequential| {
        let logits = logits.clone();
        network.input_gradient(&x, move |_| slope(&logits).mul_scalar(0.5)).1
    };
    assert!(near(&toy::values(gradient), &toy::values(half(&one) + half(&two))));
    let hidden = Sequential::mean_of(vec![one.clone().quantised(4), two.clone().quantised(4)]);
    assert_eq!(dot(&hidden.input_gradient(&x, slope).1, &x), 0.0);
    let seen = hidden.under(Modifiers { bpda: true, ..Modifiers::default() });
    assert_ne!(dot(&seen.input_gradient(&x, slope).1, &x), 0.0);
}

#[test]
fn saturated_logits_answer_the_same_and_winners_are_the_largest() {
    let (plain, x) = (toy::trained(), toy::images(&toy::pixels(4, 3)));
    let of = |text: &str| plain.clone().defended(defences::make(&[spec(text)], toy::SHAPE).unwrap());
    let (own, loud) =
        (toy::values(plain.forward(x.clone())), toy::values(of("saturate:factor:1000").forward(x.clone())));
    assert!(own.iter().zip(&loud).all(|(own, loud)| (own * 1000.0 - loud).abs() < 1e-2 * (1.0 + loud.abs())));
    // A network that answers its hidden layer's values as they pass.
    let layers = vec![LayerSpec::Flatten, LayerSpec::Relu, LayerSpec::linear(toy::PIXELS, toy::PIXELS)];
    let architecture =
        Architecture { defence: vec![spec("kwta:share:.2")], ..Architecture::new(toy::SHAPE, toy::PIXELS, layers) };
    let identity = |count: usize| (0..count * count).map(|at| f32::from(at % (count + 1) == 0)).collect::<Vec<f32>>();
    let mut parameters = [identity(toy::PIXELS), vec![0.0; toy::PIXELS]].into_iter();
    let network = Sequential::build(&architecture, &Device::flex(), || Ok(parameters.next().unwrap())).unwrap();
    let values = toy::values(drawn(3, [1, 1, 8, 8]).sub_scalar(0.9));
    let passed = toy::values(network.forward(tensor(values.clone(), [1, 1, 8, 8])));
    let mut order: Vec<usize> = (0..64).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    for (rank, &at) in order.iter().enumerate() {
        let expected = if rank < 13 { values[at] } else { 0.0 };
        assert_eq!(passed[at], expected, "rank {rank}: thirteen of sixty-four pass");
    }
}

#[test]
fn an_architecture_keeps_its_defences_and_a_network_behind_a_thermometer_learns() {
    let layers = vec![LayerSpec::conv2d(4, 2, 3, 2, 1), LayerSpec::Relu, LayerSpec::Flatten, LayerSpec::linear(32, 4)];
    let architecture = Architecture {
        defence: vec![spec("median:size:3"), spec("thermometer:levels:4")],
        ..Architecture::new(toy::SHAPE, 4, layers)
    };
    let json = serde_json::to_string(&architecture).unwrap();
    assert!(json.contains(r#""defence":["median:size:3","thermometer:levels:4"]"#), "{json}");
    assert_eq!(serde_json::from_str::<Architecture>(&json).unwrap(), architecture);
    assert!(!serde_json::to_string(&toy::architecture()).unwrap().contains("defence"));
    let recipe = toy::recipe("standard");
    let mut trainer = foolproof_engine::trainer::Trainer::new(
        &architecture,
        &recipe,
        &Default::default(),
        Vec::new(),
        &Device::flex(),
    )
    .unwrap();
    let (pixels, labels) = (toy::pixels(1, 8), [0, 1, 2, 3, 0, 1, 2, 3]);
    (0..150).for_each(|_| trainer.step(&toy::batch(&pixels, &labels), 0.0));
    assert_eq!(toy::answers(&trainer.model(), &pixels), labels);
    let bytes = pollster::block_on(weights::save(&architecture, &trainer.model(), weights::Precision::Full)).unwrap();
    let again = weights::load(&architecture, &bytes, &Device::flex()).unwrap();
    assert_eq!(toy::answers(&again, &pixels), labels, "a file and its architecture are the whole model");
}

#[test]
fn bounds_go_through_what_only_rises_and_stop_at_anything_else() {
    let (plain, x) = (toy::trained(), toy::pixels(4, 4));
    let case = toy::case(&plain, &x, &toy::answers(&plain, &x), None, 1, 0);
    let ball = foolproof_engine::ball::Ball::new(Norm::Linf, 0.01);
    let radius = Tensor::<2>::zeros([4, 1], &Device::flex()).add_scalar(0.01);
    let least = |text: &str| {
        let network = plain.clone().defended(defences::make(&[spec(text)], toy::SHAPE).unwrap());
        Some((toy::values(network.least_margin(&case.clean, &radius, &ball, &case.class)?.least), network))
    };
    for text in ["bits:bits:2", "quantise:levels:5", "median:size:3"] {
        let (bounds, network) = least(text).unwrap();
        let [mut stream] = streams();
        for _ in 0..50 {
            let near = case.clean.clone()
                + ball.random_start(&case.clean, &mut case.streams(stream.below(1000) as u32))
                - case.clean.clone();
            let margins = toy::values(loss::margin(&network.forward(near), &case.class).neg());
            assert!(bounds.iter().zip(&margins).all(|(bound, margin)| bound <= &(margin + 1e-4)), "{text}");
        }
    }
    for text in ["jpeg", "noise:sigma:.1", "shift", "kwta"] {
        assert!(least(text).is_none(), "{text}");
    }
}

#[test]
fn every_card_makes_a_defence_by_its_defaults_and_refuses_what_is_no_picture() {
    let cards = defences::cards();
    for card in &cards {
        let list = [DefenceSpec::new(&card.id, &[])];
        assert_eq!(defences::make(&list, [1, 28, 28]).unwrap().len(), 1, "{}", card.id);
        assert_eq!(defences::make(&list, [1, 1, 30]).is_ok(), !card.pictures_only, "{}", card.id);
        assert!(!card.summary.is_empty() && card.paper.url.starts_with("https://"), "{}", card.id);
    }
    let ids: Vec<&str> = cards.iter().map(|card| card.id.as_str()).collect();
    assert_eq!(ids, ["bits", "quantise", "median", "jpeg", "noise", "shift", "thermometer", "kwta", "saturate"]);
    assert!(defences::make(&vec![spec("bits"); 9], [1, 28, 28]).is_err(), "no more than eight");
}
