//! The shape of one sample from layer to layer, and the parameters that it meets.

use super::{Conv2dSpec, LayerSpec, Padding, Pair, Parameter, PoolSpec, Role, misfit, product};
use crate::fault::Fault;

/// Deepest nesting of residual blocks.
const DEEPEST: usize = 8;

/// Follows the shape of one sample through a list of layers and collects their parameters.
pub fn walk(
    layers: &[LayerSpec],
    prefix: &str,
    mut shape: Vec<usize>,
    depth: usize,
    found: &mut Vec<Parameter>,
) -> Result<Vec<usize>, Fault> {
    for (index, layer) in layers.iter().enumerate() {
        let place = format!("{prefix}{index}");
        let fault = |why: String| misfit(&format!("layer {place}"), why);
        shape = match layer {
            LayerSpec::Residual(_) | LayerSpec::ProjectedResidual { .. } if depth == DEEPEST => {
                return Err(fault("blocks are nested too deep".into()));
            }
            LayerSpec::Residual(inner) => {
                let out = walk(inner, &format!("{place}."), shape.clone(), depth + 1, found)?;
                if out != shape {
                    return Err(fault(format!("a residual block turns {shape:?} into {out:?}")));
                }
                out
            }
            LayerSpec::ProjectedResidual { inner, shortcut } => {
                let out = walk(inner, &format!("{place}.inner."), shape.clone(), depth + 1, found)?;
                let beside = walk(shortcut, &format!("{place}.shortcut."), shape, depth + 1, found)?;
                if out != beside {
                    return Err(fault(format!("a block answers {out:?} and its shortcut {beside:?}")));
                }
                out
            }
            LayerSpec::Softmax if depth > 0 || index + 1 < layers.len() => {
                return Err(fault("a softmax can only be the last layer".into()));
            }
            plain => through(plain, &place, shape, found).map_err(fault)?,
        };
        product(&shape).ok_or_else(|| misfit(&format!("layer {place}"), "its output is too large".into()))?;
    }
    Ok(shape)
}

/// The shape after a layer that holds no other ones, with its parameters.
fn through(
    layer: &LayerSpec,
    place: &str,
    shape: Vec<usize>,
    found: &mut Vec<Parameter>,
) -> Result<Vec<usize>, String> {
    Ok(match layer {
        LayerSpec::Flatten => vec![shape.iter().product()],
        LayerSpec::Linear(size) => {
            if shape != [size.r#in] || size.out == 0 {
                return Err(format!("it takes {} features to {} and gets {shape:?}", size.r#in, size.out));
            }
            collect(place, vec![size.out, size.r#in], size.r#in, size.bias, found)?;
            vec![size.out]
        }
        LayerSpec::Conv2d(size) => convolution(size, place, &shape, found)?,
        LayerSpec::MaxPool2d(size) | LayerSpec::AvgPool2d(size) => pool(size, &shape)?,
        LayerSpec::AdaptiveAvgPool2d { out } => adaptive(*out, &shape)?,
        LayerSpec::BatchNorm2d(size) => {
            picture(&shape)?;
            batch_norm(size.features, size.eps, place, shape, found)?
        }
        LayerSpec::BatchNorm1d(size) => {
            let &[_] = &shape[..] else { return Err(format!("it works on features and gets {shape:?}")) };
            batch_norm(size.features, size.eps, place, shape, found)?
        }
        LayerSpec::Normalise { mean, std } => {
            let wrong = !mean.iter().all(|mean| mean.is_finite()) || !std.iter().all(|std| std.is_normal());
            if wrong || [mean.len(), std.len()] != [shape[0]; 2] {
                return Err(format!("it needs {} means, and as many deviations that are not 0", shape[0]));
            }
            shape
        }
        LayerSpec::LeakyRelu { slope } if !slope.is_finite() => return Err(format!("its slope is {slope}")),
        _ => shape,
    })
}

/// Rows and columns of a picture.
fn picture(shape: &[usize]) -> Result<[usize; 2], String> {
    match shape {
        &[_, rows, columns] => Ok([rows, columns]),
        _ => Err(format!("it works on pictures and gets {shape:?}")),
    }
}

fn convolution(
    size: &Conv2dSpec,
    place: &str,
    shape: &[usize],
    found: &mut Vec<Parameter>,
) -> Result<Vec<usize>, String> {
    let &Conv2dSpec { r#in, out, kernel, groups, .. } = size;
    let sides = picture(shape)?;
    if shape[0] != r#in || out == 0 {
        return Err(format!("it takes {in} channels to {out} and gets {shape:?}"));
    }
    if groups == 0 || r#in % groups != 0 || out % groups != 0 {
        return Err(format!("{in} channels to {out} cannot be cut into {groups} groups"));
    }
    if size.padding == Padding::Same && size.stride != Pair::one() {
        return Err("padding “same” asks for a stride of 1".into());
    }
    let reach = size.reach();
    let [top, left, bottom, right] = size.sides();
    let out_sides = [
        window(sides[0], reach.0, size.stride.0, [top, bottom]),
        window(sides[1], reach.1, size.stride.1, [left, right]),
    ];
    let [Some(rows), Some(columns)] = out_sides else { return Err(unfit(reach, size.stride, &size.sides(), sides)) };
    let weight = vec![out, r#in / groups, kernel.0, kernel.1];
    let fan_in = weight[1..].iter().product();
    collect(place, weight, fan_in, size.bias, found)?;
    Ok(vec![out, rows, columns])
}

fn pool(size: &PoolSpec, shape: &[usize]) -> Result<Vec<usize>, String> {
    let sides = picture(shape)?;
    let out_sides = [(size.kernel.0, size.stride.0, size.padding.0), (size.kernel.1, size.stride.1, size.padding.1)];
    let fits = |(side, (kernel, stride, padding)): (usize, (usize, usize, usize))| {
        // PyTorch's limit: no window lies outside.
        (padding <= kernel / 2).then(|| window(side, kernel, stride, [padding; 2])).flatten()
    };
    let [Some(rows), Some(columns)] = [fits((sides[0], out_sides[0])), fits((sides[1], out_sides[1]))] else {
        return Err(unfit(size.kernel, size.stride, &size.padding.array(), sides));
    };
    Ok(vec![shape[0], rows, columns])
}

/// How often a window that covers `reach` pixels fits a side, if it does.
fn window(side: usize, reach: usize, stride: usize, padding: [usize; 2]) -> Option<usize> {
    let whole = side.checked_add(padding[0])?.checked_add(padding[1])?;
    let fits = reach > 0 && stride > 0 && reach <= whole && padding.iter().all(|&pixels| pixels < reach);
    fits.then(|| (whole - reach) / stride + 1)
}

fn unfit(kernel: Pair, stride: Pair, padding: &[usize], [rows, columns]: [usize; 2]) -> String {
    let [kernel, stride, padding] = [&kernel.array(), &stride.array(), padding].map(told);
    format!("kernel {kernel}, stride {stride}, padding {padding} do not fit {rows} x {columns} pixels")
}

/// Sizes as a file has them: one number where they are alike.
fn told(sizes: &[usize]) -> String {
    let (first, alike) = (sizes[0], sizes.iter().all(|&size| size == sizes[0]));
    if alike { first.to_string() } else { format!("{sizes:?}") }
}

fn adaptive(out: Pair, shape: &[usize]) -> Result<Vec<usize>, String> {
    let [rows, columns] = picture(shape)?;
    let fits = (1..=rows).contains(&out.0) && (1..=columns).contains(&out.1);
    // Where sizes do not divide, each pixel has a weight in each one out.
    let small = product(&[rows, columns, out.0, out.1]).is_some();
    let divides = fits && rows % out.0 == 0 && columns % out.1 == 0;
    if !(divides || fits && small) {
        return Err(format!("{:?} pixels cannot be made of {rows} x {columns}", out.array()));
    }
    Ok(vec![shape[0], out.0, out.1])
}

fn batch_norm(
    features: usize,
    eps: f32,
    place: &str,
    shape: Vec<usize>,
    found: &mut Vec<Parameter>,
) -> Result<Vec<usize>, String> {
    if shape[0] != features {
        return Err(format!("it takes {features} features and gets {shape:?}"));
    }
    if !(0.0..1.0).contains(&eps) {
        return Err(format!("{eps} cannot be added to a variance"));
    }
    for (name, role) in [("weight", Role::Scale { eps }), ("bias", Role::Shift)] {
        found.push(Parameter { name: format!("{place}.{name}"), shape: vec![features], role });
    }
    Ok(shape)
}

/// Adds a layer's weight, and its bias if it has one.
fn collect(
    place: &str,
    weight: Vec<usize>,
    fan_in: usize,
    bias: bool,
    found: &mut Vec<Parameter>,
) -> Result<(), String> {
    product(&weight).ok_or("it is too large")?;
    let role = Role::Weight { fan_in };
    let out = weight[0];
    found.push(Parameter { name: format!("{place}.weight"), shape: weight, role });
    if bias {
        found.push(Parameter { name: format!("{place}.bias"), shape: vec![out], role });
    }
    Ok(())
}
