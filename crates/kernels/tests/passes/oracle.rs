//! The same networks, one number after another.

use foolproof_kernels::{Layer, Pool};

/// Numbers from a seed (Steele, Lea and Flood 2014, SplitMix).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Numbers in [-1, 1).
    pub fn row(&mut self, length: usize) -> Vec<f32> {
        (0..length).map(|_| (self.next() >> 40) as f32 / (1 << 23) as f32 - 1.0).collect()
    }
}

/// A number that depends linearly on others: the places in the layer before it, each with its weight.
type Terms = Vec<(usize, f64)>;

/// The logits of one sample, and the gradient by its numbers of `Σ slope · logit`.
pub fn forward(input: [usize; 3], layers: &[Layer], x: &[f32], slope: &[f32]) -> (Vec<f64>, Vec<f64>) {
    let mut values: Vec<f64> = x.iter().copied().map(f64::from).collect();
    let mut shape = input;
    let mut maps: Vec<(usize, Vec<Terms>)> = Vec::new();
    for layer in layers {
        let (terms, bias, next) = terms(layer, shape, &values);
        let count = values.len();
        values = terms
            .iter()
            .zip(bias)
            .map(|(terms, bias)| bias + terms.iter().map(|(at, w)| w * values[*at]).sum::<f64>())
            .collect();
        maps.push((count, terms));
        shape = next;
    }
    let mut back: Vec<f64> = slope.iter().copied().map(f64::from).collect();
    for (count, terms) in maps.iter().rev() {
        let mut next = vec![0.0; *count];
        for (terms, back) in terms.iter().zip(&back) {
            terms.iter().for_each(|(at, weight)| next[*at] += weight * back);
        }
        back = next;
    }
    (values, back)
}

/// A layer at these values as a linear map: its terms, its summands, and the shape of what comes out.
fn terms(layer: &Layer, [channels, rows, columns]: [usize; 3], values: &[f64]) -> (Vec<Terms>, Vec<f64>, [usize; 3]) {
    let own = |weight: &dyn Fn(usize) -> f64| (0..values.len()).map(|at| vec![(at, weight(at))]).collect::<Vec<_>>();
    let flat = |terms: Vec<Terms>, shape| (terms, vec![0.0; 0], shape);
    let none = |(terms, _, shape): (Vec<Terms>, Vec<f64>, [usize; 3])| {
        let bias = vec![0.0; terms.len()];
        (terms, bias, shape)
    };
    match layer {
        Layer::Relu => none(flat(own(&|at| f64::from(u8::from(values[at] > 0.0))), [channels, rows, columns])),
        Layer::Flatten => none(flat(own(&|_| 1.0), [channels * rows * columns, 1, 1])),
        Layer::Scale(scale) => {
            let channel = |at: usize| at / (rows * columns);
            let shift = (0..values.len()).map(|at| f64::from(scale.shift[channel(at)])).collect();
            (own(&|at| f64::from(scale.factor[channel(at)])), shift, [channels, rows, columns])
        }
        Layer::Linear(linear) => {
            let [inputs, outputs] = linear.features;
            let row = |out: usize| (0..inputs).map(|at| (at, f64::from(linear.weight[out * inputs + at]))).collect();
            let bias = (0..outputs).map(|out| linear.bias.get(out).map_or(0.0, |bias| f64::from(*bias))).collect();
            ((0..outputs).map(row).collect(), bias, [outputs, 1, 1])
        }
        Layer::Convolution(layer) => {
            let ([_, outputs], [high, wide], [down, across]) = (layer.channels, layer.kernel, layer.stride);
            let [top, left, bottom, right] = layer.padding;
            let sides = [(rows + top + bottom - high) / down + 1, (columns + left + right - wide) / across + 1];
            let (mut all, mut bias) = (Vec::new(), Vec::new());
            for (out, row, column) in places([outputs, sides[0], sides[1]]) {
                let mut terms = Vec::new();
                for (channel, y, x) in places([channels, high, wide]) {
                    let (from, at) = (row * down + y, column * across + x);
                    if (top..top + rows).contains(&from) && (left..left + columns).contains(&at) {
                        let weight = layer.weight[((out * channels + channel) * high + y) * wide + x];
                        terms.push(((channel * rows + from - top) * columns + at - left, f64::from(weight)));
                    }
                }
                all.push(terms);
                bias.push(layer.bias.get(out).map_or(0.0, |bias| f64::from(*bias)));
            }
            (all, bias, [outputs, sides[0], sides[1]])
        }
        Layer::AvgPool(pool) => {
            let share = 1.0 / (pool.kernel[0] * pool.kernel[1]) as f64;
            none(pooled(pool, [channels, rows, columns], |window| window.iter().map(|&at| (at, share)).collect()))
        }
        Layer::MaxPool(pool) => none(pooled(pool, [channels, rows, columns], |window| {
            let largest = window.iter().copied().reduce(|best, at| if values[at] > values[best] { at } else { best });
            largest.map(|at| (at, 1.0)).into_iter().collect()
        })),
    }
}

fn pooled(
    pool: &Pool,
    [channels, rows, columns]: [usize; 3],
    of: impl Fn(&[usize]) -> Terms,
) -> (Vec<Terms>, Vec<f64>, [usize; 3]) {
    let ([high, wide], [down, across], [top, left]) = (pool.kernel, pool.stride, pool.padding);
    let sides = [(rows + 2 * top - high) / down + 1, (columns + 2 * left - wide) / across + 1];
    let window = |(channel, row, column): (usize, usize, usize)| {
        let inside = |(_, y, x): &(usize, usize, usize)| {
            (top..top + rows).contains(&(row * down + y)) && (left..left + columns).contains(&(column * across + x))
        };
        let at = |(_, y, x): (usize, usize, usize)| {
            (channel * rows + row * down + y - top) * columns + column * across + x - left
        };
        of(&places([1, high, wide]).filter(inside).map(at).collect::<Vec<_>>())
    };
    (places([channels, sides[0], sides[1]]).map(window).collect(), Vec::new(), [channels, sides[0], sides[1]])
}

fn places([planes, rows, columns]: [usize; 3]) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..planes)
        .flat_map(move |plane| (0..rows).flat_map(move |row| (0..columns).map(move |column| (plane, row, column))))
}
