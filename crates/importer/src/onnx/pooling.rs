//! Pools, and means over the whole picture.

use super::convolution::{pair, sides, window};
use super::message::Node;
use super::value::{Order, Value, View};
use super::walk::Walk;
use foolproof_core::architecture::{LayerSpec, Pair, PoolSpec};

/// `MaxPool` and `AveragePool`.
///
/// # Errors
/// A clause that names what no layer here does.
pub fn pool(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let (from, [channels, high, wide]) = walk.steps.picture(&view)?;
    let kernel = pair(node, "kernel_shape")?.ok_or("it has no kernel_shape for a picture")?;
    let stride = pair(node, "strides")?.unwrap_or(Pair::one());
    if pair(node, "dilations")?.is_some_and(|dilation| dilation != Pair::one()) {
        return Err("its window has holes (dilations)".into());
    }
    let [top, left, bottom, right] = sides(node, [high, wide], kernel, stride)?;
    if [top, left] != [bottom, right] {
        return Err(format!("its pads {:?} are not alike on opposite sides", [top, left, bottom, right]));
    }
    let mean = node.op == "AveragePool";
    if mean && [top, left] != [0, 0] && node.whole("count_include_pad").unwrap_or(0) == 0 {
        return Err("its mean leaves out the zeros that are added (count_include_pad is 0)".into());
    }
    let along = |side, kernel, stride, pad| {
        let count = window(side, kernel, stride, [pad; 2]).filter(|_| pad <= kernel / 2);
        let count = count.ok_or("its window does not fit its input")?;
        // Where one more window that is cut off at the edge would be counted.
        let rest = pad.saturating_mul(2).saturating_add(side).saturating_sub(kernel).checked_rem(stride).unwrap_or(0);
        if rest > 0 && node.whole("ceil_mode").unwrap_or(0) != 0 {
            return Err("its last window hangs over the edge (ceil_mode is 1)");
        }
        Ok(count)
    };
    let (high, wide) = (along(high, kernel.0, stride.0, top)?, along(wide, kernel.1, stride.1, left)?);
    let size = PoolSpec { kernel, stride, padding: Pair(top, left) };
    let layer = if mean { LayerSpec::AvgPool2d(size) } else { LayerSpec::MaxPool2d(size) };
    let shape = vec![channels, high, wide];
    let step = walk.steps.layer(from, layer, Vec::new(), shape.clone())?;
    Ok(Value::View(View::plain(step, shape)))
}

/// `GlobalAveragePool` and `GlobalMaxPool`.
///
/// # Errors
/// A clause, if there is no picture.
pub fn global(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let (from, [channels, high, wide]) = walk.steps.picture(&view)?;
    let kernel = Pair(high, wide);
    let layer = match node.op {
        "GlobalMaxPool" => LayerSpec::MaxPool2d(PoolSpec { kernel, stride: kernel, padding: Pair::default() }),
        _ => LayerSpec::AdaptiveAvgPool2d { out: Pair::one() },
    };
    let step = walk.steps.layer(from, layer, Vec::new(), vec![channels, 1, 1])?;
    Ok(Value::View(View::plain(step, vec![channels, 1, 1])))
}

/// `ReduceMean` over rows and columns.
///
/// # Errors
/// A clause, if it is over something else.
pub fn reduce_mean(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let rank = i64::try_from(view.shape.len()).unwrap_or(0) + 1;
    let axes = walk.wholes(node, "axes", 1)?.unwrap_or_default();
    let mut axes: Vec<i64> = axes.iter().map(|&axis| if axis < 0 { axis.saturating_add(rank) } else { axis }).collect();
    axes.sort_unstable();
    let &[channels, high, wide] = &walk.steps.get(view.step)?.shape[..] else {
        return Err("it takes the mean of what is no picture".into());
    };
    let first = axes == [2, 3] && view.order == Order::Same && view.shape == [channels, high, wide];
    let trivial = Order::channels_last(channels, high.saturating_mul(wide)) == view.order;
    let last = axes == [1, 2] && trivial && view.shape == [high, wide, channels];
    if !(first || last) {
        return Err(format!("it takes the mean over the axes {axes:?}, and only that over a picture's pixels is read"));
    }
    let from = walk.steps.settle(&view)?;
    let layer = LayerSpec::AdaptiveAvgPool2d { out: Pair::one() };
    let step = walk.steps.layer(from, layer, Vec::new(), vec![channels, 1, 1])?;
    let shape = match (node.whole("keepdims").unwrap_or(1), last) {
        (0, _) => vec![channels],
        (_, true) => vec![1, 1, channels],
        (_, false) => vec![channels, 1, 1],
    };
    Ok(Value::View(View::plain(step, shape)))
}
