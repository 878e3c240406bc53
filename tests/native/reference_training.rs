//! Losses and optimisers of training against PyTorch: the papers' formulas with autograd's slopes, and its own steps.

use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::protocol::Optimizer;
use foolproof_engine::case::one_hot;
use foolproof_engine::loss::{self, pairs};
use foolproof_engine::optimizer::{Pace, Rows, length};
use serde_json::Value;

/// What single precision leaves of a loss of some tens of nats.
const TOLERANCE: f64 = 2e-5;

fn reference(name: &str) -> Value {
    crate::zoo::reference(&format!("training/{name}"))
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(all) => all.iter().flat_map(numbers).collect(),
        one => vec![one.as_f64().unwrap()],
    }
}

fn tensor<const D: usize>(value: &Value, shape: [usize; D]) -> Tensor<D> {
    let values: Vec<f32> = numbers(value).into_iter().map(|value| value as f32).collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

fn agree<const D: usize>(what: &str, found: Tensor<D>, expected: &Value) {
    let expected = numbers(expected);
    let found: Vec<f32> = found.into_data().iter::<f32>().collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    for (at, (found, expected)) in found.into_iter().zip(expected).enumerate() {
        let apart = (f64::from(found) - expected).abs();
        assert!(apart <= TOLERANCE * (1.0 + expected.abs()), "{what} at {at}: {found} against {expected}");
    }
}

#[test]
fn losses_and_slopes_are_the_papers() {
    let golden = reference("losses");
    let (clean, attacked) = (tensor(&golden["clean"], [12, 10]), tensor(&golden["attacked"], [12, 10]));
    let labels: Vec<u32> = numbers(&golden["class"]).into_iter().map(|label| label as u32).collect();
    let class = one_hot(&labels, 10, &Device::flex());
    for (name, found) in [
        ("trades", pairs::trades(&clean, &attacked, &class, 6.0)),
        ("mart", pairs::mart(&clean, &attacked, &class, 5.0)),
        ("pairing", pairs::pairing(&clean, &attacked, &class, 0.5)),
    ] {
        let expected = &golden["losses"][name];
        agree(&format!("{name} value"), found.value, &expected["value"]);
        agree(&format!("{name} clean"), found.clean, &expected["clean"]);
        agree(&format!("{name} attacked"), found.attacked, &expected["attacked"]);
    }
    let smooth = class.mul_scalar(0.9).add_scalar(0.01);
    agree("smoothed value", loss::cross_entropy(&clean, &smooth), &golden["losses"]["smoothed"]["value"]);
    agree("smoothed slope", pairs::soft_slope(&clean, &smooth), &golden["losses"]["smoothed"]["clean"]);
}

#[test]
fn optimisers_step_as_pytorchs_do() {
    let golden = reference("optimisers");
    let sides: Tensor<1> = tensor(&golden["sides"], [4]);
    for (name, optimizer) in [("sgd", Optimizer::Sgd), ("adam", Optimizer::Adam), ("adamw", Optimizer::AdamW)] {
        let weights: Tensor<1> = tensor(&golden["start"], [4]);
        let moments = vec![weights.zeros_like(); optimizer.rows()];
        let mut rows = Rows { weights, moments, average: None, steps: 0 };
        let pace = Pace { optimizer, rate: 0.05, decay: 0.1, memory: 0.98, clip: 0.0, average: 0.0 };
        for (done, expected) in golden["weights"][name].as_array().unwrap().iter().enumerate() {
            let gradient = sides.clone() * rows.weights.clone();
            let length = length(&gradient);
            rows.learn(gradient, &length, &pace);
            agree(&format!("{name} step {done}"), rows.weights.clone(), expected);
        }
    }
}
