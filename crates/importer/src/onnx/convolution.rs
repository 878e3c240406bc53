//! `Conv`, and the `Pad` before it.

use super::message::Node;
use super::steps::Kind;
use super::value::{Value, View};
use super::walk::Walk;
use foolproof_core::architecture::{Conv2dSpec, LayerSpec, Padding, Pair};

/// A convolution over pictures.
///
/// # Errors
/// A clause that names what does not fit.
pub fn convolution(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let weight = walk.reals(node, 1)?.ok_or("it has no weight")?;
    let &[out, each, rows, columns] = weight.shape() else {
        return Err(format!("its weight has shape {:?}, and only convolutions over pictures are read", weight.shape()));
    };
    let groups = whole(node.whole("group").unwrap_or(1), "group")?;
    let kernel = Pair(rows, columns);
    if pair(node, "kernel_shape")?.is_some_and(|told| told != kernel) {
        return Err("its kernel_shape is not that of its weight".into());
    }
    let (stride, dilation) =
        (pair(node, "strides")?.unwrap_or(Pair::one()), pair(node, "dilations")?.unwrap_or(Pair::one()));
    let (view, beside) = unpadded(walk, &view)?;
    let (from, [channels, high, wide]) = walk.steps.picture(&view)?;
    let r#in = each.checked_mul(groups).filter(|&all| all == channels);
    let r#in = r#in.ok_or_else(|| format!("it takes {each} channels in {groups} groups and gets {channels}"))?;
    let bias = walk.reals(node, 2)?;
    let mut size =
        Conv2dSpec { kernel, stride, dilation, groups, bias: bias.is_some(), ..Conv2dSpec::new(r#in, out, 1) };
    let reach = size.reach();
    let sides = add(sides(node, [high, wide], reach, stride)?, beside)?;
    let [top, left, bottom, right] = sides;
    let high = window(high, reach.0, stride.0, [top, bottom]).ok_or("its window does not fit its input")?;
    let wide = window(wide, reach.1, stride.1, [left, right]).ok_or("its window does not fit its input")?;
    size.padding = Padding::Sides(sides);
    let mut values = weight.numbers().to_vec();
    if let Some(bias) = bias {
        if bias.numbers().len() != out {
            return Err(format!("its bias has {} numbers for {out} channels", bias.numbers().len()));
        }
        values.extend(bias.numbers());
    }
    let shape = vec![out, high, wide];
    let step = walk.steps.layer(from, LayerSpec::Conv2d(size), values, shape.clone())?;
    Ok(Value::View(View::plain(step, shape)))
}

/// Zeros around a picture, which the convolution that follows takes into its own padding.
///
/// # Errors
/// A clause, if they are no zeros or no picture.
pub fn pad(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    if node.text("mode").is_some_and(|mode| mode != "constant") {
        return Err("it pads by other numbers than zeros".into());
    }
    let filled = match walk.reals(node, 2)? {
        Some(filled) => filled.numbers().first().copied().unwrap_or(0.0),
        None => node.float("value").unwrap_or(0.0),
    };
    if filled != 0.0 {
        return Err(format!("it pads by {filled}, and only zeros are read"));
    }
    let pads = walk.wholes(node, "pads", 1)?.ok_or("it has no “pads”")?;
    let &[0, 0, top, left, 0, 0, bottom, right] = &pads[..] else {
        return Err(format!("its pads {pads:?} are not around a picture"));
    };
    let mut sides = [0; 4];
    for (side, pad) in sides.iter_mut().zip([top, left, bottom, right]) {
        *side = whole(pad, "pads")?;
    }
    let (from, [channels, high, wide]) = walk.steps.picture(&view)?;
    let [top, left, bottom, right] = sides;
    let larger = |side: usize, pads: [usize; 2]| pads.iter().try_fold(side, |all, &pad| all.checked_add(pad));
    let (Some(high), Some(wide)) = (larger(high, [top, bottom]), larger(wide, [left, right])) else {
        return Err("its pads are too large".into());
    };
    let shape = vec![channels, high, wide];
    let step = walk.steps.push(Kind::Padded(from, sides), shape.clone(), from)?;
    Ok(Value::View(View::plain(step, shape)))
}

/// What lies before a `Pad`, and its sides.
fn unpadded(walk: &Walk, view: &View) -> Result<(View, [usize; 4]), String> {
    match walk.steps.get(view.step)?.kind {
        Kind::Padded(from, sides) if view.affine.is_none() => {
            Ok((View::plain(from, walk.steps.get(from)?.shape.clone()), sides))
        }
        _ => Ok((view.clone(), [0; 4])),
    }
}

fn add(a: [usize; 4], b: [usize; 4]) -> Result<[usize; 4], String> {
    let mut all = a;
    for (side, more) in all.iter_mut().zip(b) {
        *side = side.checked_add(more).ok_or("its pads are too large")?;
    }
    Ok(all)
}

/// Zeros above, left, below and right, as a node asks for them by `pads` or `auto_pad`.
///
/// # Errors
/// A clause, if they are none.
pub fn sides(node: &Node, input: [usize; 2], reach: Pair, stride: Pair) -> Result<[usize; 4], String> {
    match node.text("auto_pad").unwrap_or("NOTSET") {
        "NOTSET" => match node.wholes("pads")?.as_deref() {
            None => Ok([0; 4]),
            Some(&[top, left, bottom, right]) => {
                Ok([whole(top, "pads")?, whole(left, "pads")?, whole(bottom, "pads")?, whole(right, "pads")?])
            }
            Some(pads) => Err(format!("its pads {pads:?} are not four")),
        },
        "VALID" => Ok([0; 4]),
        same @ ("SAME_UPPER" | "SAME_LOWER") => {
            let around = |side: usize, reach: usize, stride: usize| {
                let windows = side.div_ceil(stride.max(1));
                let all = windows.saturating_sub(1).saturating_mul(stride).saturating_add(reach).saturating_sub(side);
                let less = all / 2;
                if same == "SAME_UPPER" { [less, all - less] } else { [all - less, less] }
            };
            let [high, wide] = input;
            let ([top, bottom], [left, right]) = (around(high, reach.0, stride.0), around(wide, reach.1, stride.1));
            Ok([top, left, bottom, right])
        }
        other => Err(format!("its auto_pad “{}” is not known", crate::bounds::brief(other))),
    }
}

/// How often a window fits a side, if each of them touches the input.
pub fn window(side: usize, reach: usize, stride: usize, pads: [usize; 2]) -> Option<usize> {
    let all = pads.iter().try_fold(side, |all, &pad| all.checked_add(pad))?;
    let fits = reach > 0 && pads.iter().all(|&pad| pad < reach);
    all.checked_sub(reach).filter(|_| fits)?.checked_div(stride)?.checked_add(1)
}

/// A pair of sizes among a node's attributes.
///
/// # Errors
/// A clause, if they are not two, or below 0.
pub fn pair(node: &Node, name: &str) -> Result<Option<Pair>, String> {
    match node.wholes(name)?.as_deref() {
        None => Ok(None),
        Some(&[rows, columns]) => Ok(Some(Pair(whole(rows, name)?, whole(columns, name)?))),
        Some(list) => Err(format!("its {name} {list:?} are not two")),
    }
}

/// A size.
///
/// # Errors
/// A clause, if it is below 0.
pub fn whole(number: i64, name: &str) -> Result<usize, String> {
    usize::try_from(number).map_err(|_| format!("its {name} has the number {number}"))
}
