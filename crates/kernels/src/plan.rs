//! A network as stages with packed weights, and where their numbers lie.

use crate::{
    grid::Grid,
    layer::{Layer, Linear, Pool, Scale},
    outer::Outer,
    scatter::Scatter,
    spare::Spare,
    sweep::Sweep,
};

/// A frozen network, ready to compute.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) stages: Vec<Stage>,
    /// Channels, rows and columns of an input.
    input: [usize; 3],
    /// How the numbers lie before each stage, and behind the last.
    pub(crate) values: Vec<Grid>,
    /// How their gradients lie.
    pub(crate) slopes: Vec<Grid>,
    /// Buffers of each layout of values, then of each of gradients.
    pub(crate) spare: Spare,
}

/// A step of the computation.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// A convolution, or a product of features.
    Product(Product),
    /// In place.
    Relu,
    /// With where PyTorch has its features.
    Scale(Scale, Order),
    MaxPool(Pool),
    AvgPool(Pool),
    /// In place forward.
    Flatten,
}

/// A linear map.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub forward: Sweep,
    /// The gradient by its input.
    pub backward: Backward,
    /// The gradient by its weights.
    pub outer: Outer,
    /// For each number of a window PyTorch's place of its weight among those of a result.
    pub table: Vec<usize>,
}

/// How a linear map's gradient by its input is computed.
#[derive(Clone, Debug)]
pub(crate) enum Backward {
    /// Number by number: one sweep for each phase of the stride.
    Sweeps(Vec<Sweep>),
    /// Window by window, over zeros.
    Scatter(Scatter),
}

impl Stage {
    /// Whether its results lie where its input was.
    pub(crate) fn is_in_place(&self) -> bool {
        matches!(self, Stage::Relu | Stage::Flatten)
    }
}

impl Plan {
    /// Packs a network that takes pictures of `input` = `[channels, rows, columns]`; `None` where its layers do not fit each
    /// other or do not end in features.
    pub fn new(input: [usize; 3], layers: Vec<Layer>) -> Option<Plan> {
        let [channels, rows, columns] = input;
        let mut shapes = vec![Grid::bare(rows, columns, channels)];
        for layer in &layers {
            shapes.push(result(layer, *shapes.last()?)?);
        }
        let values = before(&layers, &shapes);
        let slopes = behind(&layers, &shapes);
        let first = scattering(&layers);
        let mut order = Order::Own;
        let mut stages = Vec::with_capacity(layers.len());
        for (at, layer) in layers.into_iter().enumerate() {
            let (from, to) = (values[at], values[at + 1]);
            let scatters = at < first;
            stages.push(match layer {
                Layer::Convolution(layer) => Stage::Product(Product {
                    forward: layer.forward(from, to),
                    backward: match scatters && layer.scatters() {
                        true => Backward::Scatter(layer.scatter(slopes[at + 1], slopes[at])),
                        false => Backward::Sweeps(layer.backward(slopes[at + 1], slopes[at])),
                    },
                    outer: layer.outer(from, slopes[at + 1]),
                    table: layer.table(),
                }),
                Layer::Linear(layer) => product(&layer, std::mem::replace(&mut order, Order::Own)),
                Layer::Scale(layer) => Stage::Scale(layer.ordered(|feature| order.of(feature)), order),
                Layer::Relu => Stage::Relu,
                Layer::MaxPool(layer) => Stage::MaxPool(layer),
                Layer::AvgPool(layer) => Stage::AvgPool(layer),
                Layer::Flatten => {
                    order = order.flattened(from);
                    Stage::Flatten
                }
            });
        }
        let last = shapes.last()?;
        let flat = last.rows * last.columns == 1 && matches!(order, Order::Own);
        let spare = Spare::new(values.len() + slopes.len());
        flat.then_some(Plan { stages, input, values, slopes, spare })
    }

    /// Numbers of an input.
    pub fn features(&self) -> usize {
        self.input.iter().product()
    }

    /// Logits of an input.
    pub fn classes(&self) -> usize {
        self.values.last().map_or(0, Grid::inner)
    }

    /// Channels, rows and columns of an input.
    pub fn input(&self) -> [usize; 3] {
        self.input
    }
}

/// Where PyTorch has the features that lie channels last here.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// At the same place.
    Own,
    /// Channel by channel, each of so many places.
    Flattened { places: usize, channels: usize },
}

impl Order {
    pub fn of(self, feature: usize) -> usize {
        match self {
            Order::Own => feature,
            Order::Flattened { places, channels } => feature % channels * places + feature / channels,
        }
    }

    fn flattened(self, from: Grid) -> Order {
        match from.rows * from.columns {
            1 => self,
            _ if from.channels == 1 => Order::Own,
            places => Order::Flattened { places, channels: from.channels },
        }
    }
}

fn product(layer: &Linear, order: Order) -> Stage {
    let table: Vec<usize> = (0..layer.features[0]).map(|feature| order.of(feature)).collect();
    Stage::Product(Product {
        forward: layer.forward(&table),
        backward: Backward::Sweeps(vec![layer.backward(&table)]),
        outer: layer.outer(),
        table,
    })
}

/// What comes out of a layer; `None` where it does not fit.
fn result(layer: &Layer, input: Grid) -> Option<Grid> {
    let is_flat = input.rows * input.columns == 1;
    match layer {
        Layer::Convolution(layer) => {
            let fits = layer.channels[0] == input.channels
                && layer.weight.len() == layer.channels.iter().chain(&layer.kernel).product()
                && layer.stride.iter().all(|&stride| stride > 0);
            layer.result(input).filter(|_| fits)
        }
        Layer::Linear(layer) => {
            let fits = is_flat && layer.features[0] == input.channels;
            let fits = fits && layer.weight.len() == layer.features.iter().product();
            fits.then(|| Grid::bare(1, 1, layer.features[1]))
        }
        Layer::Scale(layer) => {
            [&layer.factor, &layer.shift].iter().all(|row| row.len() == input.channels).then_some(input)
        }
        Layer::Relu => Some(input),
        Layer::MaxPool(layer) | Layer::AvgPool(layer) => {
            layer.stride.iter().all(|&stride| stride > 0).then(|| layer.result(input))?
        }
        Layer::Flatten => Some(Grid::bare(1, 1, input.inner())),
    }
}

/// The layouts of values: a convolution reads zeros around its input. What works in place has its results where its input
/// was.
fn before(layers: &[Layer], shapes: &[Grid]) -> Vec<Grid> {
    let mut values = shapes.to_vec();
    for (at, layer) in layers.iter().enumerate().rev() {
        let border = match layer {
            Layer::Convolution(layer) => layer.padding,
            Layer::Relu => values[at + 1].border,
            Layer::Linear(_) | Layer::Scale(_) | Layer::MaxPool(_) | Layer::AvgPool(_) | Layer::Flatten => [0; 4],
        };
        values[at] = shapes[at].within(border);
    }
    values
}

/// The layouts of gradients: a convolution reads zeros around that by its output, or writes beyond its input.
fn behind(layers: &[Layer], shapes: &[Grid]) -> Vec<Grid> {
    let mut slopes = shapes.to_vec();
    let first = scattering(layers);
    for (at, layer) in layers.iter().enumerate() {
        let border = match layer {
            Layer::Convolution(layer) if at < first && layer.scatters() => {
                slopes[at] = shapes[at].within(layer.padding);
                [0; 4]
            }
            Layer::Convolution(layer) => layer.border(shapes[at], shapes[at + 1]),
            Layer::Relu => slopes[at].border,
            Layer::Linear(_) | Layer::Scale(_) | Layer::MaxPool(_) | Layer::AvgPool(_) | Layer::Flatten => [0; 4],
        };
        slopes[at + 1] = shapes[at + 1].within(border);
    }
    slopes
}

/// How many layers there are up to the first that is no scale, that one included. Before it nobody reads zeros around a
/// gradient, so that a convolution may write there.
fn scattering(layers: &[Layer]) -> usize {
    layers.iter().take_while(|layer| matches!(layer, Layer::Scale(_))).count() + 1
}
