//! Parts in their order as a list of layers, if shapes go with each other.

use super::Guess;
use super::parts::{Kind, Part};
use super::search::{self, Choice, Convolution, Pooling};
use crate::Expectation;
use crate::bounds::brief;
use foolproof_core::architecture::{BatchNormSpec, Conv2dSpec, LayerSpec, LinearSpec, Padding, Pair, PoolSpec};

/// What PyTorch's batch norms add to the variance, unless they are told otherwise.
const EPS: f32 = 1e-5;

/// Puts layers together.
#[derive(Default)]
struct Builder {
    layers: Vec<LayerSpec>,
    names: Vec<(String, String)>,
    assumed: Vec<String>,
    /// Channels or features that come out so far.
    width: usize,
    relu: bool,
}

/// The list of layers of parts in this order.
///
/// # Errors
/// A clause that names the layer that does not fit.
pub fn fit(parts: &[Part], expected: &Expectation) -> Result<Guess, String> {
    let [channels, rows, columns] = expected.input;
    let is_linear = |part: &Part| matches!(part.kind, Kind::Linear { .. });
    let first_linear = parts.iter().position(is_linear).unwrap_or(parts.len());
    let (pictures, features) = parts.split_at(first_linear);
    let convolutions = convolutions(pictures, features.first(), channels)?;
    let target =
        features.first().and_then(|part| if let Kind::Linear { r#in, .. } = part.kind { Some(r#in) } else { None });
    let target = target.unwrap_or(expected.classes);
    let found = search::search(&convolutions, [rows, columns], channels, target)?;
    let mut builder = Builder { width: channels, ..Builder::default() };
    let mut choices = found.choices.iter();
    let mut choice = None;
    for (at, part) in pictures.iter().enumerate() {
        let next = parts.get(at + 1);
        match part.kind {
            Kind::Convolution(size) => {
                choice = choices.next();
                builder.convolution(part, size, choice)?;
            }
            _ => builder.norm(part, false)?,
        }
        builder.activation(part, next);
        if !matches!(next.map(|next| next.kind), Some(Kind::Norm(_))) {
            builder.pool(choice.take());
        }
    }
    builder.flatten(&found, features.first());
    for (at, part) in features.iter().enumerate() {
        match part.kind {
            Kind::Linear { r#in, out } => builder.linear(part, r#in, out)?,
            Kind::Norm(_) => builder.norm(part, true)?,
            Kind::Convolution(_) => {
                return Err(format!("the convolution “{}” comes behind a linear layer", brief(&part.name)));
            }
        }
        builder.activation(part, features.get(at + 1));
    }
    Ok(builder.done(&found))
}

/// What the search has to know of each convolution.
fn convolutions(pictures: &[Part], linear: Option<&Part>, channels: usize) -> Result<Vec<Convolution>, String> {
    let mut found: Vec<Convolution> = Vec::new();
    let mut width = channels;
    for (at, part) in pictures.iter().enumerate() {
        let next = pictures.get(at + 1).or(linear);
        match part.kind {
            Kind::Convolution([out, each, rows, columns]) => {
                let groups = width.checked_div(each).filter(|groups| groups * each == width && *groups > 0);
                groups.ok_or_else(|| format!("“{}” takes {each} channels and gets {width}", brief(&part.name)))?;
                found.push(Convolution { kernel: Pair(rows, columns), out, pooling: Pooling::Never });
                width = out;
            }
            Kind::Norm(_) | Kind::Linear { .. } => {}
        }
        if let Some(last) = found.last_mut() {
            last.pooling = pooling(part, next);
        }
    }
    Ok(found)
}

/// Whether a pool may stand between two layers: by their numbers in one `Sequential`, beside a ReLU and a `Flatten`.
fn pooling(part: &Part, next: Option<&Part>) -> Pooling {
    let Some(next) = next else { return Pooling::Free };
    let flat = usize::from(matches!(next.kind, Kind::Linear { .. }));
    match gap(part, next) {
        None => Pooling::Free,
        Some(gap) if gap >= 2 + flat => Pooling::Likely,
        Some(_) => Pooling::Never,
    }
}

/// How many modules lie between two in one `Sequential`; `None` if these are not in one.
fn gap(part: &Part, next: &Part) -> Option<usize> {
    let split = |part: &Part| {
        let (place, number) = part.name.rsplit_once('.').unwrap_or(("", &part.name));
        number.parse::<usize>().ok().map(|number| (place.to_owned(), number))
    };
    let ((place, from), (other, to)) = (split(part)?, split(next)?);
    if place == other { to.checked_sub(from)?.checked_sub(1) } else { None }
}

impl Builder {
    fn push(&mut self, part: &Part, layer: LayerSpec) {
        self.names.push((part.name.clone(), self.layers.len().to_string()));
        self.layers.push(layer);
    }

    fn convolution(&mut self, part: &Part, size: [usize; 4], choice: Option<&Choice>) -> Result<(), String> {
        let [out, each, rows, columns] = size;
        let choice = choice.ok_or("a convolution has no sizes")?;
        let groups = self.width.checked_div(each).unwrap_or(1);
        let Pair(high, wide) = choice.padding;
        self.push(
            part,
            LayerSpec::Conv2d(Conv2dSpec {
                kernel: Pair(rows, columns),
                stride: Pair::square(choice.stride),
                padding: Padding::Sides([high, wide, high, wide]),
                groups,
                bias: part.bias,
                ..Conv2dSpec::new(self.width, out, 1)
            }),
        );
        let [from, to] = [choice.from, choice.to].map(|[rows, columns]| format!("{rows} x {columns}"));
        let padding = if high == wide { high.to_string() } else { format!("{high} and {wide}") };
        let pool = if choice.pool { ", with a max pool of 2 behind it" } else { "" };
        self.assumed.push(format!(
            "“{}” is taken to have padding {padding} and stride {}{pool}: {from} pixels become {to}.",
            brief(&part.name),
            choice.stride
        ));
        self.width = out;
        Ok(())
    }

    fn norm(&mut self, part: &Part, flat: bool) -> Result<(), String> {
        let Kind::Norm(features) = part.kind else { return Err("a layer is no batch norm".into()) };
        if features != self.width {
            return Err(format!("“{}” takes {features} features and gets {}", brief(&part.name), self.width));
        }
        let size = BatchNormSpec { features, eps: EPS };
        self.push(part, if flat { LayerSpec::BatchNorm1d(size) } else { LayerSpec::BatchNorm2d(size) });
        Ok(())
    }

    fn linear(&mut self, part: &Part, r#in: usize, out: usize) -> Result<(), String> {
        if r#in != self.width {
            return Err(format!("“{}” takes {in} features and gets {}", brief(&part.name), self.width));
        }
        self.push(part, LayerSpec::Linear(LinearSpec { r#in, out, bias: part.bias }));
        self.width = out;
        Ok(())
    }

    /// A ReLU behind a hidden layer, unless a batch norm follows at once, or the numbers of names leave no place for it.
    fn activation(&mut self, part: &Part, next: Option<&Part>) {
        let Some(next) = next else { return };
        let flat = usize::from(matches!(next.kind, Kind::Linear { .. }) && self.is_picture());
        let fits = match gap(part, next) {
            Some(gap) => gap > flat,
            None => !matches!(next.kind, Kind::Norm(_)),
        };
        if fits {
            self.layers.push(LayerSpec::Relu);
            self.relu = true;
        }
    }

    /// Whether what comes out so far is a picture.
    fn is_picture(&self) -> bool {
        !self.layers.iter().any(|layer| matches!(layer, LayerSpec::Flatten))
    }

    fn pool(&mut self, choice: Option<&Choice>) {
        if choice.is_some_and(|choice| choice.pool) {
            let two = Pair::square(2);
            self.layers.push(LayerSpec::MaxPool2d(PoolSpec { kernel: two, stride: two, padding: Pair::default() }));
        }
    }

    fn flatten(&mut self, found: &search::Found, linear: Option<&Part>) {
        let [rows, columns] = found.end;
        if let Some(side) = found.mean {
            self.layers.push(LayerSpec::AdaptiveAvgPool2d { out: Pair::square(side) });
            let place = linear.map_or("at the end".to_owned(), |part| format!("before “{}”", brief(&part.name)));
            self.assumed
                .push(format!("Means over {rows} x {columns} pixels are taken {place}, {side} x {side} a channel."));
        }
        let [rows, columns] = found.mean.map_or(found.end, |side| [side; 2]);
        self.layers.push(LayerSpec::Flatten);
        self.width = self.width.saturating_mul(rows).saturating_mul(columns);
    }

    fn done(mut self, found: &search::Found) -> Guess {
        if self.relu {
            self.assumed.push("Behind each hidden layer a ReLU is assumed.".into());
        }
        if self.layers.iter().any(|layer| matches!(layer, LayerSpec::BatchNorm1d(_) | LayerSpec::BatchNorm2d(_))) {
            self.assumed.push("Batch norms are taken to add 0.00001 to the variance.".into());
        }
        if found.others {
            self.assumed.push(
                "Other paddings, strides and pools have the same shapes; if its answers are wrong, give the list of layers.".into(),
            );
        }
        Guess { layers: self.layers, names: self.names, assumed: self.assumed }
    }
}
