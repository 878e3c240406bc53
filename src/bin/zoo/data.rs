//! MNIST in memory, and batches of it on a device.

use crate::Outcome;
use burn::tensor::{Device, Tensor, TensorData};
use foolproof::engine::case::one_hot;
use foolproof::engine::random::Stream;
use foolproof::idx;
use std::path::Path;

/// Side of a picture in pixels.
pub const SIDE: usize = 28;
/// Pixels of a picture.
pub const PIXELS: usize = SIDE * SIDE;

/// One split: pictures and their classes.
pub struct Split {
    /// `count * PIXELS` bytes.
    pub pixels: Vec<u8>,
    /// One class a picture.
    pub labels: Vec<u8>,
}

/// Both splits.
pub struct Mnist {
    /// 60 000 pictures.
    pub train: Split,
    /// 10 000 pictures.
    pub test: Split,
}

impl Mnist {
    /// Reads the four IDX files.
    pub fn read(folder: &Path) -> Outcome<Mnist> {
        let split = |name: &str| -> Outcome<Split> {
            let images = idx::images(&std::fs::read(folder.join(format!("{name}-images-idx3-ubyte")))?)?;
            let labels = idx::labels(&std::fs::read(folder.join(format!("{name}-labels-idx1-ubyte")))?)?;
            if (images.rows, images.columns) != (SIDE, SIDE) || images.pixels.len() != labels.len() * PIXELS {
                return Err(format!("the {name} split is not MNIST's").into());
            }
            Ok(Split { pixels: images.pixels, labels })
        };
        Ok(Mnist { train: split("train")?, test: split("t10k")? })
    }
}

impl Split {
    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Classes of these pictures.
    pub fn labels(&self, indices: &[usize]) -> Vec<u32> {
        indices.iter().map(|&index| u32::from(self.labels[index])).collect()
    }

    /// Pictures and one-hot classes on the device, each picture moved by up to `shift` pixels either way.
    pub fn batch(
        &self,
        indices: &[usize],
        shift: usize,
        stream: &mut Stream,
        device: &Device,
    ) -> (Tensor<4>, Tensor<2>) {
        let mut pixels = vec![0.0f32; indices.len() * PIXELS];
        for (&index, out) in indices.iter().zip(pixels.chunks_exact_mut(PIXELS)) {
            let picture = &self.pixels[index * PIXELS..(index + 1) * PIXELS];
            let offset = |stream: &mut Stream| stream.below(2 * shift + 1) as isize - shift as isize;
            let (down, right) = if shift == 0 { (0, 0) } else { (offset(stream), offset(stream)) };
            moved(picture, out, down, right);
        }
        let shape = [indices.len(), 1, SIDE, SIDE];
        let images = Tensor::from_data(TensorData::new(pixels, shape), device);
        (images, one_hot(&self.labels(indices), 10, device))
    }
}

/// Copies a picture, moved, as pixels in [0, 1].
fn moved(picture: &[u8], out: &mut [f32], down: isize, right: isize) {
    for row in 0..SIDE {
        for column in 0..SIDE {
            let from = (row.checked_add_signed(-down), column.checked_add_signed(-right));
            if let (Some(from_row @ 0..SIDE), Some(from_column @ 0..SIDE)) = from {
                out[row * SIDE + column] = f32::from(picture[from_row * SIDE + from_column]) / 255.0;
            }
        }
    }
}
