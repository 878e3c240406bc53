//! A check of the engine itself: does it agree with the CPU?

use super::models::{Model, Models};
use crate::case::one_hot;
use crate::random::Stream;
use crate::sequential::Sequential;
use crate::upload::floats;
use crate::{loss, weights};
use burn::tensor::{Device, Tensor};
use foolproof_core::protocol::{Event, Fault, FaultKind, ParityCheck, Ticket};

/// Largest relative difference allowed between two engines: sums of a few thousand 32-bit products in another order.
const TOLERANCE: f32 = 1e-3;
/// Inputs of the comparison.
const INPUTS: usize = 4;

/// Carries out a `SelfTest`.
pub async fn run(ticket: Ticket, models: &Models) -> Event {
    match parity(models).await {
        Ok(checks) => Event::Parity { ticket, checks },
        Err(fault) => Event::Fault { ticket: Some(ticket), fault },
    }
}

/// Compares logits and input gradients with the CPU's on every model.
async fn parity(models: &Models) -> Result<Vec<ParityCheck>, Fault> {
    let mut checks = Vec::new();
    for (id, model) in models.iter() {
        let pixels = noise(model, INPUTS);
        let twin = weights::load(&model.architecture, &model.weights, &Device::flex())?;
        let (twin_logits, twin_gradient) = answers(&twin, model, &pixels, &Device::flex()).await?;
        // A model whose answers are no numbers on any engine says nothing about this one.
        if !twin_logits.iter().chain(&twin_gradient).all(|value| value.is_finite()) {
            continue;
        }
        let (logits, gradient) = answers(&model.network, model, &pixels, &models.device).await?;
        let (logits, gradient) = (difference(&logits, &twin_logits), difference(&gradient, &twin_gradient));
        let passed = logits <= TOLERANCE && gradient <= TOLERANCE;
        checks.push(ParityCheck { model: id.clone(), logits, gradient, passed });
    }
    Ok(checks)
}

/// Logits, and the gradient of the cross-entropy toward class 0, at the given pixels.
async fn answers(
    network: &Sequential,
    model: &Model,
    pixels: &[f32],
    device: &Device,
) -> Result<(Vec<f32>, Vec<f32>), Fault> {
    let x = images(model, pixels, device);
    let zero = vec![0; x.dims()[0]];
    let class = one_hot(&zero, model.architecture.classes, device);
    let (logits, gradient) = network.input_gradient(&x, |logits| loss::cross_entropy_slope(logits, &class));
    let failed = |error: String| Fault::new(FaultKind::Gpu, format!("The self-test could not be read back: {error}."));
    let logits = logits.into_data_async().await.map_err(|error| failed(error.to_string()))?;
    let gradient = gradient.into_data_async().await.map_err(|error| failed(error.to_string()))?;
    Ok((logits.iter::<f32>().collect(), gradient.iter::<f32>().collect()))
}

/// Largest difference, relative to the largest value; infinite if anything is not finite.
fn difference(found: &[f32], expected: &[f32]) -> f32 {
    let scale = expected.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let pairs = found.iter().zip(expected);
    let most = pairs.map(|(found, expected)| (found - expected).abs() / scale).fold(0.0, nan_max);
    if found.len() == expected.len() && most.is_finite() { most } else { f32::INFINITY }
}

/// The larger value, where anything undefined wins.
fn nan_max(most: f32, value: f32) -> f32 {
    if value.is_nan() || value > most { value } else { most }
}

/// Pixels that no picture has, so that every weight matters.
pub fn noise(model: &Model, batch: usize) -> Vec<f32> {
    let mut stream = Stream::new(1, 0, 0);
    let [channels, rows, columns] = model.architecture.input;
    (0..batch * channels * rows * columns).map(|_| stream.uniform()).collect()
}

/// Pixels as the model's inputs.
pub fn images(model: &Model, pixels: &[f32], device: &Device) -> Tensor<4> {
    let [channels, rows, columns] = model.architecture.input;
    let shape = [pixels.len() / (channels * rows * columns), channels, rows, columns];
    floats(pixels.to_vec(), shape, device)
}
