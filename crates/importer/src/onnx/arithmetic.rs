//! Sums, differences, products and quotients: with constants a scale and a shift, of two branches a residual block, of an
//! input and its own gate a GELU or SiLU.

use super::array::{Array, Numbers};
use super::message::Node;
use super::steps::Kind;
use super::value::{Affine, Order, Size, Sizes, Value, View};
use super::walk::{Walk, sizes};
use foolproof_core::architecture::LayerSpec;
use std::f32::consts::SQRT_2;

/// How far a factor may be from the one that a GELU has, as a part of it: constants of files are rounded.
const ROUNDING: f32 = 1e-4;

/// `Add`, `Sub`, `Mul`, `Div`, and `Sum` of two.
///
/// # Errors
/// A clause that names what no layer here does.
pub fn binary(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    if node.inputs.len() != 2 {
        return Err(format!("it has {} inputs, and two are expected", node.inputs.len()));
    }
    match (walk.input(node, 0)?, walk.input(node, 1)?) {
        (Value::View(a), Value::View(b)) => both(walk, node.op, a, b),
        (Value::View(view), Value::Array(array)) => constant(walk, node.op, view, &array, false),
        (Value::Array(array), Value::View(view)) => constant(walk, node.op, view, &array, true),
        (Value::Array(a), Value::Array(b)) if matches!(a.numbers, Numbers::Real(_)) => {
            let array = computed(node.op, &a, &b)?;
            walk.array(array)
        }
        (a, b) => match (sizes(&a), sizes(&b)) {
            (Ok(a), Ok(b)) => counted(node.op, &a, &b),
            _ => Err(format!("it takes {} and {}", a.told(), b.told())),
        },
    }
}

/// Two constants, of one shape or one of them a single number.
fn computed(op: &str, a: &Array, b: &Array) -> Result<Array, String> {
    let (Numbers::Real(first), Numbers::Real(second)) = (&a.numbers, &b.numbers) else {
        return Err("it takes real numbers and whole ones".into());
    };
    let both = |a: f32, b: f32| match op {
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" => a / b,
        _ => a + b,
    };
    let (shape, numbers) = match (&first[..], &second[..]) {
        (_, &[other]) if a.shape.len() >= b.shape.len() => {
            (&a.shape, first.iter().map(|&one| both(one, other)).collect())
        }
        (&[one], _) if b.shape.len() >= a.shape.len() => {
            (&b.shape, second.iter().map(|&other| both(one, other)).collect())
        }
        _ if a.shape == b.shape => (&a.shape, first.iter().zip(second).map(|(&a, &b)| both(a, b)).collect()),
        _ => return Err(format!("its constants have the shapes {:?} and {:?}", a.shape, b.shape)),
    };
    Ok(Array { shape: shape.clone(), numbers: Numbers::Real(numbers), width: None })
}

/// Sizes computed with sizes.
fn counted(op: &str, a: &Sizes, b: &Sizes) -> Result<Value, String> {
    let (&[first], &[second]) = (&a.sizes[..], &b.sizes[..]) else {
        return Err("it computes with lists of sizes".into());
    };
    let size = match (first, second, op) {
        (Size::Batch, Size::Known(1), "Mul" | "Div") | (Size::Batch, Size::Known(0), "Add" | "Sub") => {
            Some(Size::Batch)
        }
        (Size::Known(1), Size::Batch, "Mul") | (Size::Known(0), Size::Batch, "Add") => Some(Size::Batch),
        (Size::Known(a), Size::Known(b), op) => match op {
            "Add" => a.checked_add(b),
            "Sub" => a.checked_sub(b),
            "Mul" => a.checked_mul(b),
            _ => a.checked_div(b),
        }
        .map(Size::Known),
        _ => None,
    };
    let size = size.ok_or("its sizes depend on the number of inputs")?;
    Ok(Value::Sizes(Sizes { list: a.list || b.list, sizes: vec![size] }))
}

/// A constant, with which what the network computes is scaled or shifted.
fn constant(walk: &mut Walk, op: &str, view: View, array: &Array, first: bool) -> Result<Value, String> {
    let Numbers::Real(numbers) = &array.numbers else { return Err("its constant is made of whole numbers".into()) };
    let one = |numbers: Vec<f32>| match (op, first) {
        ("Add" | "Sum", _) => Ok(Affine { scale: vec![1.0], shift: numbers }),
        ("Sub", false) => Ok(Affine { scale: vec![1.0], shift: numbers.iter().map(|one| -one).collect() }),
        ("Sub", true) => Ok(Affine { scale: vec![-1.0], shift: numbers }),
        ("Mul", _) => Ok(Affine { scale: numbers, shift: vec![0.0] }),
        ("Div", false) => Ok(Affine { scale: numbers.iter().map(|one| one.recip()).collect(), shift: vec![0.0] }),
        _ => Err("it divides a constant by what the network computes".to_owned()),
    };
    if !numbers.iter().all(|number| number.is_finite()) || op == "Div" && numbers.contains(&0.0) {
        return Err("its constant has a number that nothing can be computed with".into());
    }
    let (view, numbers) = along(walk, view, &array.shape, numbers)?;
    let affine = view.affine.then(&one(numbers)?);
    walk.steps.budget.spend(affine.count())?;
    Ok(Value::View(View { affine, ..view }))
}

/// `Scaler` of scikit-learn's pipelines: `(x - offset) · scale`.
///
/// # Errors
/// A clause that names what does not fit.
pub fn scaler(walk: &mut Walk, node: &Node) -> Result<Value, String> {
    let view = walk.view(node, 0)?;
    let list = |name| Ok::<_, String>(node.floats(name)?.filter(|list| !list.is_empty()));
    let offset = list("offset")?.unwrap_or_else(|| vec![0.0]);
    let scale = list("scale")?.unwrap_or_else(|| vec![1.0]);
    let of = |numbers: Vec<f32>| Array { shape: vec![numbers.len()], numbers: Numbers::Real(numbers), width: None };
    match constant(walk, "Sub", view, &of(offset), false)? {
        Value::View(view) => constant(walk, "Mul", view, &of(scale), false),
        other => Ok(other),
    }
}

/// A constant as one number for all, or one a channel or feature in the order of the step; the view with it, flattened if
/// there is one a feature.
fn along(walk: &mut Walk, view: View, shape: &[usize], numbers: &[f32]) -> Result<(View, Vec<f32>), String> {
    let misfit = || format!("its constant of shape {shape:?} does not go with {:?} channel by channel", view.shape);
    let Some((&first, rest)) = numbers.split_first() else { return Err(misfit()) };
    let rank = view.shape.len() + 1;
    let before = rank.checked_sub(shape.len()).ok_or_else(misfit)?;
    // The constant's sizes beside the graph's, the number of inputs among them.
    let beside = |axis: usize| axis.checked_sub(before).and_then(|axis| shape.get(axis)).copied().unwrap_or(1);
    let sides = |axis: usize| axis.checked_sub(1).and_then(|axis| view.shape.get(axis)).copied().unwrap_or(1);
    if (0..rank).any(|axis| ![1, sides(axis)].contains(&beside(axis))) {
        return Err(misfit());
    }
    if rest.iter().all(|&number| number == first) {
        return Ok((view, vec![first]));
    }
    let axes: Vec<usize> = (1..rank).filter(|&axis| beside(axis) > 1).collect();
    let &[axis] = &axes[..] else { return Err(misfit()) };
    let alone = |axes: std::ops::Range<usize>| axes.map(sides).all(|side| side == 1);
    let channels = walk.steps.get(view.step)?.shape.first().copied();
    let by_channel = match view.order {
        Order::Same => channels == Some(numbers.len()) && alone(1..axis),
        Order::ChannelsLast { channels, .. } => {
            channels == numbers.len() && alone(axis + 1..rank) && view.shape.len() > 1
        }
    };
    if by_channel {
        return Ok((view, numbers.to_vec()));
    }
    if view.count() != numbers.len() {
        return Err(misfit());
    }
    let sorted = view.order.sorted(numbers);
    Ok((walk.steps.flatten(&view)?, sorted))
}

/// Two that the network computes.
fn both(walk: &mut Walk, op: &str, a: View, b: View) -> Result<Value, String> {
    match op {
        "Add" | "Sum" => sum(walk, &a, &b),
        "Mul" => match (gate(walk, &a, &b)?, gate(walk, &b, &a)?) {
            (Some(view), _) | (None, Some(view)) => Ok(Value::View(view)),
            (None, None) => {
                Err("it multiplies two branches, and that is read only in GELU and SiLU (x · sigmoid(x))".into())
            }
        },
        _ => Err("it takes two branches that the network computes, which are read only where they are added".into()),
    }
}

fn sum(walk: &mut Walk, a: &View, b: &View) -> Result<Value, String> {
    if a.shape != b.shape || a.order != b.order {
        return Err(format!("it adds branches of different shapes or orders, {:?} and {:?}", a.shape, b.shape));
    }
    let alike = walk.steps.get(a.step)?.shape == walk.steps.get(b.step)?.shape;
    let (one, other) = match alike {
        true => (walk.steps.settle(a)?, walk.steps.settle(b)?),
        false => {
            let (a, b) = (walk.steps.flatten(a)?, walk.steps.flatten(b)?);
            (walk.steps.settle(&a)?, walk.steps.settle(&b)?)
        }
    };
    let step = walk.steps.sum(one, other)?;
    Ok(Value::View(View { order: a.order, ..View::plain(step, a.shape.clone()) }))
}

/// What an input times its own gate is: SiLU behind a sigmoid, GELU behind `1 + erf(x / √2)`.
fn gate(walk: &mut Walk, x: &View, gate: &View) -> Result<Option<View>, String> {
    let step = walk.steps.get(gate.step)?;
    let Some(of) = step.of.clone() else { return Ok(None) };
    match step.kind {
        Kind::Layer { layer: LayerSpec::Sigmoid, .. } if gate.affine.is_none() && of == *x => {
            layer(walk, x, LayerSpec::Silu, Affine::none())
        }
        Kind::Erf => {
            let Some((factor, inside)) = gelu(x, &of, gate) else { return Ok(None) };
            layer(walk, &inside, LayerSpec::Gelu, Affine { scale: vec![factor], shift: vec![0.0] })
        }
        _ => Ok(None),
    }
}

fn layer(walk: &mut Walk, x: &View, layer: LayerSpec, affine: Affine) -> Result<Option<View>, String> {
    let from = walk.steps.settle(x)?;
    let shape = walk.steps.get(from)?.shape.clone();
    let step = walk.steps.layer(from, layer, Vec::new(), shape)?;
    Ok(Some(View { step, affine, ..x.clone() }))
}

/// Whether `x · gate` is a multiple of a GELU: which one, and of what. `gate` is `g + g · erf(of)`, `of` is `v / √2`, and
/// `x` is `v`, its half or its double, so that `x · gate = 2 g s · GELU(v)` where `x = s · v`.
fn gelu(x: &View, of: &View, gate: &View) -> Option<(f32, View)> {
    let (factor, summand) = gate.affine.single()?;
    if factor != summand || (x.step, x.order, &x.shape) != (of.step, of.order, &of.shape) {
        return None;
    }
    let near = |a: f32, b: f32| (a - b).abs() <= ROUNDING * b.abs();
    // As many numbers as the longest of the four lists has.
    let longest = [&x.affine, &of.affine].iter().map(|one| one.scale.len().max(one.shift.len())).max()?;
    let [outside, inside] = [&x.affine, &of.affine].map(|one| {
        let (scale, shift) = one.spread(longest);
        [scale, shift].concat()
    });
    // A power of two, so that dividing by it is exact.
    let times = [1.0, 0.5, 2.0].into_iter().find(|times| {
        let all = outside.iter().zip(&inside);
        all.into_iter().all(|(&outside, &inside)| near(outside, times * inside * SQRT_2))
    })?;
    let back = Affine { scale: vec![1.0 / times], shift: vec![0.0] };
    Some((2.0 * factor * times, View { affine: x.affine.then(&back), ..x.clone() }))
}
