//! Linear layers and batch norms.

use super::message::Node;
use super::value::{Order, Value, View};
use super::walk::{Reals, Walk};
use crate::bounds::count;
use foolproof_core::architecture::{BatchNormSpec, LayerSpec, LinearSpec};

/// `Gemm`: a linear layer with its bias.
///
/// # Errors
/// A clause that names what does not fit.
pub fn gemm(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let weight = walk.reals(node, 1)?.ok_or("it has no weight")?;
    if node.whole("transA").unwrap_or(0) != 0 {
        return Err("it turns its input around (transA)".into());
    }
    let (alpha, beta) = (node.float("alpha").unwrap_or(1.0), node.float("beta").unwrap_or(1.0));
    let rows = weight_rows(&weight, node.whole("transB").unwrap_or(0) != 0)?;
    let bias = walk.reals(node, 2)?;
    let bias = bias.map(|bias| spread(&bias, rows.out)).transpose()?;
    let bias = bias.map(|bias| bias.iter().map(|one| one * beta).collect());
    let scaled = Rows { numbers: rows.numbers.iter().map(|one| one * alpha).collect(), ..rows };
    layer(walk, &view, scaled, bias)
}

/// `MatMul`: a linear layer, whose bias is an `Add` that follows.
///
/// # Errors
/// A clause that names what does not fit.
pub fn matmul(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let weight = walk.reals(node, 1)?.ok_or("it has no weight")?;
    let rows = weight_rows(&weight, false)?;
    layer(walk, &view, rows, None)
}

/// A linear layer's weight, a row an output.
struct Rows {
    out: usize,
    r#in: usize,
    numbers: Vec<f32>,
}

/// A weight that is `[out, in]`, or `[in, out]` and is turned around.
fn weight_rows(weight: &Reals, outputs_first: bool) -> Result<Rows, String> {
    let &[first, second] = weight.shape() else {
        return Err(format!("its weight has shape {:?}, and two sizes are expected", weight.shape()));
    };
    if first == 0 || second == 0 {
        return Err(format!("its weight has shape {:?}", weight.shape()));
    }
    let numbers = weight.numbers();
    if outputs_first {
        return Ok(Rows { out: first, r#in: second, numbers: numbers.to_vec() });
    }
    let turned = (0..second).flat_map(|column| numbers.iter().skip(column).step_by(second).copied());
    Ok(Rows { out: second, r#in: first, numbers: turned.collect() })
}

/// One number an output, from a bias of one or as many.
fn spread(bias: &Reals, out: usize) -> Result<Vec<f32>, String> {
    match bias.numbers() {
        &[one] => Ok(vec![one; out]),
        all if all.len() == out && bias.shape().last() == Some(&out) => Ok(all.to_vec()),
        _ => Err(format!("its bias has shape {:?} for {out} features", bias.shape())),
    }
}

fn layer(walk: &mut Walk, view: &View, rows: Rows, bias: Option<Vec<f32>>) -> Result<Value, String> {
    let Rows { out, r#in, mut numbers } = rows;
    if view.count() != r#in || view.shape.last() != Some(&r#in) {
        return Err(format!("it takes {in} features and gets {:?}", view.shape));
    }
    let view = walk.steps.flatten(view)?;
    let from = walk.steps.settle(&view)?;
    if view.order != Order::Same {
        numbers = numbers.chunks(r#in).flat_map(|row| view.order.sorted(row)).collect();
    }
    let size = LinearSpec { r#in, out, bias: bias.is_some() };
    numbers.extend(bias.unwrap_or_default());
    let step = walk.steps.layer(from, LayerSpec::Linear(size), numbers, vec![out])?;
    // Sizes of 1 before the features stay.
    let mut shape = view.shape;
    if let Some(last) = shape.last_mut() {
        *last = out;
    }
    Ok(Value::View(View::plain(step, shape)))
}

/// `BatchNormalization` with its statistics, as a factor and a summand a channel or feature.
///
/// # Errors
/// A clause that names what does not fit.
pub fn batch_norm(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    if node.whole("training_mode").unwrap_or(0) != 0 {
        return Err("it learns its statistics anew (training_mode); export the network in evaluation mode".into());
    }
    let eps = node.float("epsilon").unwrap_or(1e-5);
    let mut parts = Vec::new();
    for at in 1..=4 {
        parts.push(walk.reals(node, at)?.ok_or_else(|| format!("its input {at} is left out"))?.numbers().to_vec());
    }
    let [weight, bias, mean, variance] = <[Vec<f32>; 4]>::try_from(parts).map_err(|_| "its statistics are missing")?;
    let features = weight.len();
    if [&bias, &mean, &variance].iter().any(|part| part.len() != features) {
        return Err("its scale, bias, mean and variance have not the same number of features".into());
    }
    let (from, shape, order) = match view.shape.len() {
        1 => {
            let view = walk.steps.flatten(&view)?;
            (walk.steps.settle(&view)?, vec![view.count()], view.order)
        }
        _ => {
            let (from, shape) = walk.steps.picture(&view)?;
            (from, shape.to_vec(), Order::Same)
        }
    };
    if shape.first() != Some(&features) {
        return Err(format!("it takes {features} features and gets {:?}", view.shape));
    }
    count(&shape)?;
    let mut factors = Vec::with_capacity(features);
    let mut summands = Vec::with_capacity(features);
    for ((&weight, &bias), (&mean, &variance)) in weight.iter().zip(&bias).zip(mean.iter().zip(&variance)) {
        let spread = f64::from(variance) + f64::from(eps);
        let factor = f64::from(weight) / spread.sqrt();
        let summand = f64::from(bias) - f64::from(mean) * factor;
        if !(spread > 0.0 && factor.is_finite() && summand.is_finite()) {
            return Err(format!("its variance {variance} is none"));
        }
        factors.push(factor as f32);
        summands.push(summand as f32);
    }
    let size = BatchNormSpec { features, eps };
    let layer = if shape.len() == 1 { LayerSpec::BatchNorm1d(size) } else { LayerSpec::BatchNorm2d(size) };
    let values = [order.sorted(&factors), order.sorted(&summands)].concat();
    let step = walk.steps.layer(from, layer, values, shape)?;
    Ok(Value::View(View { order, ..View::plain(step, view.shape) }))
}
