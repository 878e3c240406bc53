//! MNIST in memory, and batches of it on a device.

use crate::Outcome;
use burn::tensor::{Device, Tensor, TensorData};
use foolproof::engine::case::one_hot;
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

    /// Some of the pictures.
    pub fn part(&self, range: std::ops::Range<usize>) -> Split {
        let pixels = self.pixels[range.start * PIXELS..range.end * PIXELS].to_vec();
        Split { pixels, labels: self.labels[range].to_vec() }
    }

    /// Classes of these pictures.
    pub fn labels(&self, indices: &[usize]) -> Vec<u32> {
        indices.iter().map(|&index| u32::from(self.labels[index])).collect()
    }

    /// Pictures, pixels in [0, 1], and one-hot classes on the device.
    pub fn batch(&self, indices: &[usize], device: &Device) -> (Tensor<4>, Tensor<2>) {
        let picture = |&index: &usize| self.pixels[index * PIXELS..(index + 1) * PIXELS].iter();
        let pixels: Vec<f32> = indices.iter().flat_map(picture).map(|&pixel| f32::from(pixel) / 255.0).collect();
        let images = Tensor::from_data(TensorData::new(pixels, [indices.len(), 1, SIDE, SIDE]), device);
        (images, one_hot(&self.labels(indices), 10, device))
    }
}
