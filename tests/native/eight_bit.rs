//! What is left of an adversarial example in a picture of 8 bits a pixel.

use crate::{toy, zoo};
use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::architecture::{Architecture, LayerSpec, LayerSpec::*};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{EightBit, Sample};
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::drive::rounded;
use foolproof_engine::sequential::Sequential;

/// One pixel of 128/255, read as class 1 from half a thousandth above that.
fn thin() -> (Sequential, Case) {
    let architecture = Architecture::new([1, 1, 1], 2, vec![Flatten, LayerSpec::linear(1, 2)]);
    let clean = 128.0 / 255.0f32;
    let mut parameters = [vec![0.0f32, 1.0], vec![0.0, -clean - 5e-4]].into_iter();
    let device = Device::flex();
    let network = Sequential::build(&architecture, &device, || Ok(parameters.next().unwrap())).unwrap();
    let clean = Tensor::from_data(TensorData::new(vec![clean], [1, 1, 1, 1]), &device);
    let case = Case::new(clean.clone(), network.forward(clean), one_hot(&[0], 2, &device), 1, 0);
    (network, case)
}

#[test]
fn what_lies_just_past_the_boundary_is_rounded_back_and_what_lies_far_past_it_is_not() {
    let (network, case) = thin();
    let made = |eps: f32| -> Sample {
        toy::attack(&network, case.clone(), &toy::spec("fgsm", Norm::Linf, eps, &[])).unwrap().samples.remove(0)
    };
    let (near, far) = (made(0.001), made(0.3));
    assert!(near.success && far.success);
    assert_eq!(near.eight_bit, EightBit { label: 0, success: false });
    assert_eq!(far.eight_bit, EightBit { label: 1, success: true });
    assert_eq!(near.queries, Some(3), "the clean pixel, its gradient and the example; rounding asks none");
}

#[test]
fn a_long_step_past_the_boundary_survives_on_the_models_that_ship() {
    let (pixels, labels) = zoo::pictures(30);
    let model = zoo::model(zoo::NATURAL);
    let samples = zoo::attack(&model, &pixels, &labels, &zoo::spec("fgsm", Norm::Linf, 0.3, &[]));
    let fooled: Vec<&Sample> = samples.iter().filter(|sample| sample.success).collect();
    assert!(fooled.len() >= 20 && fooled.iter().all(|sample| sample.eight_bit.success), "{} of 30", fooled.len());
    // What is told is what the model answers to the rounded picture.
    let told: Vec<u32> = samples.iter().map(|sample| sample.eight_bit.label).collect();
    let bytes = |x: &f32| f32::from((x * 255.0).round() as u8) / 255.0;
    let pictures: Vec<f32> = samples.iter().flat_map(|sample| sample.pixels.iter().map(bytes)).collect();
    assert_eq!(told, zoo::answers(&model, &pictures));
}

#[test]
fn rounding_moves_no_pixel_by_more_than_half_a_level_and_none_that_is_one() {
    let mut stream = foolproof_engine::random::Stream::new(5, 0, 0);
    let any: Vec<f32> = (0..toy::PIXELS * 16).map(|_| stream.uniform()).collect();
    let levels: Vec<f32> = (0..toy::PIXELS * 4).map(|level| level as f32 / 255.0).collect();
    let after = toy::values(rounded(toy::images(&any)));
    for (x, y) in any.iter().zip(&after) {
        assert!((x - y).abs() <= 1.0 / 510.0 + 1e-6 && (0.0..=1.0).contains(y), "{x} to {y}");
        assert!((y * 255.0 - (y * 255.0).round()).abs() < 1e-4, "{y} is no level");
    }
    assert!(any.iter().zip(&after).any(|(x, y)| (x - y).abs() > 1.0 / 600.0), "some lie in the middle");
    assert_eq!(toy::values(rounded(toy::images(&levels))), levels);
}
