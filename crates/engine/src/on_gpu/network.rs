//! A network's logits and its gradients by the input and by its weights, a dispatch a stage: convolutions and linear layers
//! with their bias and the ReLU behind them.

use super::kernel::{buffer, empty, tensor};
use super::stage::Stage;
use crate::case::Goal;
use crate::gpu_layer::GpuLayer;
use crate::sequential::Ascent;
use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;

/// A network that has a kernel for each layer.
#[derive(Clone, Debug)]
pub struct GpuPlan {
    input: [usize; 3],
    stages: Vec<Stage>,
    /// All that it has learnt, one after another, as [`crate::flat`] has it.
    learnt: CubeTensor,
}

/// What a pass forward leaves for the way back: each stage's input.
pub struct GpuTape(Vec<CubeTensor>);

impl GpuPlan {
    /// Of the layers of a network with this input, `[channel, row, column]`; `None` if they are not on a GPU, or one has no
    /// kernel.
    pub fn of(layers: Vec<GpuLayer>, input: [usize; 3]) -> Option<GpuPlan> {
        let (mut stages, mut shape, mut cut) = (Vec::new(), input, false);
        let (mut learnt, mut place) = (Vec::new(), 0);
        let mut layers = layers.into_iter().filter(|layer| !matches!(layer, GpuLayer::Flatten)).peekable();
        while let Some(layer) = layers.next() {
            let rectified = layers.next_if(|next| matches!(next, GpuLayer::Relu)).is_some();
            let stage = Stage::of(&layer, &mut shape, place, [usize::from(rectified), usize::from(cut)])?;
            place += layer.counts().iter().sum::<usize>();
            learnt.extend(layer.rows());
            cut = rectified;
            stages.push(stage);
        }
        // Where the logits are cut, the slope would have to be cut first.
        if cut {
            return None;
        }
        buffer(learnt.first()?)?;
        Some(GpuPlan { input, stages, learnt: buffer(&Tensor::cat(learnt, 0))? })
    }

    /// The same network that has learnt this row instead; `None` if that is not on a GPU, or tracked.
    pub fn reweighed(&self, learnt: &Tensor<1>) -> Option<GpuPlan> {
        Some(GpuPlan { learnt: buffer(learnt)?, ..self.clone() })
    }

    /// The logits; `None` for inputs that are not on a GPU, or tracked.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, class]`.
    pub fn logits(&self, x: &Tensor<4>) -> Option<Tensor<2>> {
        Some(self.forward(x)?.0)
    }

    /// The logits, and what the way back needs.
    pub fn forward(&self, x: &Tensor<4>) -> Option<(Tensor<2>, GpuTape)> {
        let (logits, tape) = self.through(&self.stages, x)?;
        Some((tensor(logits), GpuTape(tape)))
    }

    /// What the first stages make of inputs, and what each of them was given.
    fn through(&self, stages: &[Stage], x: &Tensor<4>) -> Option<(CubeTensor, Vec<CubeTensor>)> {
        let batch = x.dims()[0];
        if x.dims()[1..] != self.input {
            return None;
        }
        let (mut at, mut tape) = (buffer(x)?, Vec::new());
        for stage in stages {
            let made = empty(&at, [batch, stage.sizes[1]]);
            stage.forward.launch(&[&at, &self.learnt, &made], [stage.groups[0], batch])?;
            tape.push(std::mem::replace(&mut at, made));
        }
        Some((at, tape))
    }

    /// As [`Sequential::ascent`](crate::sequential::Sequential::ascent); `None` too where the last layer is not linear.
    pub fn ascent(&self, x: &Tensor<4>, class: &Tensor<2>, goal: Goal) -> Option<Ascent> {
        let (last, before) = self.stages.split_last()?;
        let head = last.head(goal).filter(|_| class.dims() == [x.dims()[0], last.sizes[1]])?;
        let class = buffer(class)?;
        let (features, tape) = self.through(before, x)?;
        let ([input, classes], batch) = (last.sizes, x.dims()[0]);
        let [logits, slope, mut at, margin, loss] =
            [classes, classes, input, 1, 1].map(|width| empty(&features, [batch, width]));
        head.launch(&[&logits, &class, &slope, &features, &self.learnt, &at, &margin, &loss], [batch, 1])?;
        for (stage, x) in before.iter().zip(&tape).rev() {
            at = self.step_back(stage, x, &at)?;
        }
        Some(Ascent { logits: tensor(logits), gradient: self.picture(at), margin: tensor(margin), loss: tensor(loss) })
    }

    /// The gradient by the input of the loss whose derivative by the logits is `slope`.
    ///
    /// # Shapes
    /// `slope`: `[batch, class]`; the result: `[batch, channel, row, column]`.
    pub fn back(&self, tape: GpuTape, slope: &Tensor<2>) -> Option<Tensor<4>> {
        let mut at = buffer(slope)?;
        for (stage, x) in self.stages.iter().zip(&tape.0).rev() {
            at = self.step_back(stage, x, &at)?;
        }
        Some(self.picture(at))
    }

    /// The same by all that the network has learnt, and, if that is `wanted`, by the input.
    ///
    /// # Shapes
    /// `slope`: `[batch, class]`; the results: as many numbers as it has learnt; `[batch, channel, row, column]`.
    pub fn learn(&self, tape: GpuTape, slope: &Tensor<2>, wanted: bool) -> Option<(Tensor<1>, Option<Tensor<4>>)> {
        let mut at = buffer(slope)?;
        let gradient = empty(&at, self.learnt.meta.shape().clone());
        for (number, (stage, x)) in self.stages.iter().zip(&tape.0).enumerate().rev() {
            stage.learn.launch(&[x, &at, &gradient], [stage.learners, 1])?;
            if number > 0 || wanted {
                at = self.step_back(stage, x, &at)?;
            }
        }
        Some((tensor(gradient), wanted.then(|| self.picture(at))))
    }

    /// The gradient by the input of a stage, which was `x`.
    fn step_back(&self, stage: &Stage, x: &CubeTensor, slope: &CubeTensor) -> Option<CubeTensor> {
        let batch = slope.meta.shape()[0];
        let made = empty(slope, [batch, stage.sizes[0]]);
        stage.back.launch(&[x, &self.learnt, slope, &made], [stage.groups[1], batch])?;
        Some(made)
    }

    fn picture(&self, x: CubeTensor) -> Tensor<4> {
        let ([channels, rows, columns], batch) = (self.input, x.meta.shape()[0]);
        tensor::<2>(x).reshape([batch, channels, rows, columns])
    }
}
