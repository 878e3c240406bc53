//! What is attacked: clean inputs, the class each attack pushes from or toward, and where its randomness comes from.

use super::random::Stream;
use burn::tensor::{Device, Int, Tensor, TensorData};

/// Whether an attack leaves a class or reaches one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Untargeted: any answer but the class.
    Leave,
    /// Targeted: this class and no other.
    Reach,
}

impl Goal {
    /// +1 where the loss toward the class is to grow, -1 where it is to shrink.
    pub fn sign(self) -> f32 {
        match self {
            Goal::Leave => 1.0,
            Goal::Reach => -1.0,
        }
    }
}

/// A batch to attack.
#[derive(Clone, Debug)]
pub struct Case {
    /// Clean inputs, `[batch, channel, row, column]`, pixels in [0, 1].
    pub clean: Tensor<4>,
    /// One-hot class to leave or reach, `[batch, class]`: the true one, or the target.
    pub class: Tensor<2>,
    /// One-hot true class, `[batch, class]`.
    pub truth: Tensor<2>,
    /// Leave or reach.
    pub goal: Goal,
    /// Seed of every draw.
    pub seed: u64,
    /// Number of the first sample: sample `i` draws from stream `first + i`, whatever batch it is attacked in.
    pub first: u64,
}

impl Case {
    /// One random stream a sample for this restart.
    pub fn streams(&self, restart: u32) -> Vec<Stream> {
        let batch = self.clean.dims()[0] as u64;
        (0..batch).map(|index| Stream::new(self.seed, self.first + index, restart)).collect()
    }
}

/// One-hot rows, `[batch, class]`; a label is below `classes`.
pub fn one_hot(labels: &[u32], classes: usize, device: &Device) -> Tensor<2> {
    let mut rows = vec![0.0f32; labels.len() * classes];
    for (index, &label) in labels.iter().enumerate() {
        rows[index * classes + label as usize] = 1.0;
    }
    Tensor::from_data(TensorData::new(rows, [labels.len(), classes]), device)
}

/// One-hot rows of the classes that a model itself answers, without reading them back.
///
/// # Shapes
/// `logits` and the result: `[batch, class]`.
pub fn own_answer(logits: &Tensor<2>) -> Tensor<2> {
    let [batch, classes] = logits.dims();
    let device = logits.device();
    let each = Tensor::<1, Int>::arange(0..classes as i64, &device).reshape([1, classes]).expand([batch, classes]);
    each.equal(logits.clone().argmax(1).expand([batch, classes])).float()
}
