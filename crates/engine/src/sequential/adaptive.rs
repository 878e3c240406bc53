//! Average pooling to a size: windows as PyTorch cuts them, which overlap where the sizes do not divide.

use crate::upload::floats;
use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::pool::AvgPool2d;
use burn::tensor::Tensor;

/// So many rows and columns whatever comes in.
#[derive(Module, Debug)]
pub(super) struct AdaptivePool {
    pub out: [usize; 2],
}

impl AdaptivePool {
    /// # Shapes
    /// `[batch, channel, row, column]` to `[batch, channel, out row, out column]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let ([batch, channels, rows, columns], [high, wide]) = (x.dims(), self.out);
        if rows % high == 0 && columns % wide == 0 {
            let window = [rows / high, columns / wide];
            let padding = PaddingConfig2d::Valid;
            let pool =
                AvgPool2d { kernel_size: window, stride: window, padding, count_include_pad: true, ceil_mode: false };
            return pool.forward(x);
        }
        let shares = floats(shares([rows, columns], self.out), [rows * columns, high * wide], &x.device());
        x.reshape([batch * channels, rows * columns]).matmul(shares).reshape([batch, channels, high, wide])
    }
}

/// The weight of each pixel in each one out, `[pixel, pixel out]`.
fn shares([rows, columns]: [usize; 2], [high, wide]: [usize; 2]) -> Vec<f32> {
    let (down, across) = (weights(rows, high), weights(columns, wide));
    (0..rows * columns)
        .flat_map(|at| {
            let (down, across) = (&down[at / columns], &across[at % columns]);
            down.iter().flat_map(move |row| across.iter().map(move |column| row * column))
        })
        .collect()
}

/// The weight of each place in each of `out` windows: from `⌊i · side / out⌋` to `⌈(i + 1) · side / out⌉`.
fn weights(side: usize, out: usize) -> Vec<Vec<f32>> {
    let window = |index: usize| index * side / out..((index + 1) * side).div_ceil(out);
    let weight = |place: usize, index: usize| match window(index).contains(&place) {
        true => 1.0 / window(index).len() as f32,
        false => 0.0,
    };
    (0..side).map(|place| (0..out).map(|index| weight(place, index)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_overlap_where_sizes_do_not_divide() {
        let third = 1.0 / 3.0;
        let expected = [[0.5, 0.0, 0.0], [0.5, third, 0.0], [0.0, third, 0.0], [0.0, third, 0.5], [0.0, 0.0, 0.5]];
        assert_eq!(weights(5, 3), expected);
        assert_eq!(weights(4, 2), [[0.5, 0.0], [0.5, 0.0], [0.0, 0.5], [0.0, 0.5]]);
    }
}
