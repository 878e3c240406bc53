//! The module built from an [`Architecture`]: layers in a row, parameters named as in PyTorch's `nn.Sequential`.

mod adaptive;
mod affine;
mod bounds;
mod build;
mod defended;
mod draws;
mod front;
mod kernels;
mod layer;
mod nonlinearity;

use crate::case::Goal;
use crate::defences;
use crate::flat;
use burn::module::Module;
use burn::tensor::{Device, Gradients, Tensor};
use defended::mean_gradient;
use foolproof_core::architecture::Architecture;
use foolproof_core::defence;
use foolproof_core::protocol::Fault;
use front::Front;
use kernels::Kernels;
use layer::Layer;

pub use bounds::Margin;
pub use front::Modifiers;
pub(crate) use kernels::{Ascent, Learnt};

/// A network. It answers logits, never probabilities.
#[derive(Module, Debug)]
pub struct Sequential {
    layers: Vec<Layer>,
    #[module(skip)]
    kernels: Kernels,
    #[module(skip)]
    front: Front,
}

/// The derivative of a loss by the logits, told once they are there. Boxed, since an ensemble asks its members.
type Slope<'a> = Box<dyn FnOnce(&Tensor<2>) -> Tensor<2> + 'a>;

/// What flows between layers: pictures up to the first `Flatten`, features after it.
#[derive(Clone)]
enum Activation {
    Image(Tensor<4>),
    Flat(Tensor<2>),
}

impl Sequential {
    /// Builds the network; `parameter` gives each parameter in the architecture's order, in PyTorch's shape.
    ///
    /// # Errors
    /// As [`Architecture::parameters`], and whatever `parameter` answers.
    pub fn build(
        architecture: &Architecture,
        device: &Device,
        mut parameter: impl FnMut() -> Result<Vec<f32>, Fault>,
    ) -> Result<Sequential, Fault> {
        architecture.parameters()?;
        let mut network = build::build(&architecture.layers, device, &mut parameter)?;
        network.kernels = Kernels::of(&network.layers, Some(defence::shape(&architecture.defence, architecture.input)));
        Ok(network.defended(defences::make(&architecture.defence, architecture.input)?))
    }

    fn of(layers: Vec<Layer>) -> Sequential {
        Sequential { layers, kernels: Kernels::default(), front: Front::default() }
    }

    /// The same network, of whose weights some have changed: what was packed of the old ones is packed anew, or, where
    /// they collect gradients, dropped.
    pub(crate) fn reweighed(mut self, tracked: bool) -> Sequential {
        self.kernels = if tracked { self.kernels.none() } else { Kernels::of(&self.layers, self.kernels.input) };
        self
    }

    /// A network of the same layers that has learnt this row ([`crate::flat`]), where it has kernels on a GPU for them. It has
    /// those alone: it cannot be asked for its parameters or features.
    pub(crate) fn on_gpu(&self, learnt: &Tensor<1>) -> Option<Sequential> {
        let kernels = self.kernels.reweighed_on_gpu(learnt)?;
        Some(Sequential { layers: Vec::new(), kernels, front: self.front.clone() })
    }

    /// Logits at `x`, and the gradient by `x` of the loss whose derivative by the logits is `slope`.
    ///
    /// # Shapes
    /// `x` and the gradient: `[batch, channel, row, column]`; logits and slope: `[batch, class]`.
    pub fn input_gradient(&self, x: &Tensor<4>, slope: impl FnOnce(&Tensor<2>) -> Tensor<2>) -> (Tensor<2>, Tensor<4>) {
        match self.front.is_empty() {
            true => self.bare_gradient(x, Box::new(slope)),
            false => self.gradient_through_front(x, Box::new(slope)),
        }
    }

    /// The same of the network itself, without what stands before it.
    fn bare_gradient(&self, x: &Tensor<4>, slope: Slope) -> (Tensor<2>, Tensor<4>) {
        if let Some(members) = self.members() {
            return mean_gradient(members, x, slope);
        }
        self.kernels.gradient(x, slope).unwrap_or_else(|slope| self.tracked_gradient(x, slope))
    }

    /// A pass forward and back at `x` up the cross-entropy toward a class, or down if that is to be reached, with what it
    /// tells on the way; `None` where no kernel does all that at once.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the one-hot `class`: `[batch, class]`.
    pub(crate) fn ascent(&self, x: &Tensor<4>, class: &Tensor<2>, goal: Goal) -> Option<Ascent> {
        self.front.is_empty().then(|| self.kernels.ascent(x, class, goal)).flatten()
    }

    /// A pass forward and back at `x`: the logits, and the gradients of the loss whose derivative by them is `slope`, by
    /// what the network learns ([`crate::flat`]) and, if that is wanted, by `x`. Its weights are frozen.
    pub(crate) fn learn(&self, x: &Tensor<4>, wanted: bool, slope: impl FnOnce(&Tensor<2>) -> Tensor<2>) -> Learnt {
        match self.front.is_empty() {
            true => self.bare_learn(x, wanted, Box::new(slope)),
            false => self.learn_through_front(x, wanted, Box::new(slope)),
        }
    }

    /// The same of the network itself, without what stands before it.
    fn bare_learn(&self, x: &Tensor<4>, wanted: bool, slope: Slope) -> Learnt {
        let by_kernels = self.kernels.learn(&self.layers, x, wanted, slope);
        by_kernels.unwrap_or_else(|slope| self.tracked_learn(x, wanted, slope))
    }

    /// The same by automatic differentiation, for any network and device.
    fn tracked_learn(&self, x: &Tensor<4>, wanted: bool, slope: Slope) -> Learnt {
        let network = flat::tracked(self, &flat::row(self));
        let leaf = Tensor::from_inner(x.clone());
        let leaf = if wanted { leaf.require_grad() } else { leaf };
        let (logits, mut gradients) = back(network.bare_forward(leaf.clone()), slope);
        let input = wanted.then(|| leaf.grad_remove(&mut gradients).unwrap_or_else(|| x.zeros_like()));
        Learnt { logits, weights: flat::gradient(&network, &mut gradients), input }
    }

    /// [`Sequential::input_gradient`] by automatic differentiation, for any network and device.
    fn tracked_gradient(&self, x: &Tensor<4>, slope: Slope) -> (Tensor<2>, Tensor<4>) {
        let leaf = Tensor::from_inner(x.clone()).require_grad();
        let (logits, mut gradients) = back(self.bare_forward(leaf.clone()), slope);
        // A network that ignores its input leaves no gradient behind: that is the zero gradient.
        let gradient = leaf.grad_remove(&mut gradients).unwrap_or_else(|| x.zeros_like());
        (logits, gradient)
    }

    /// An ensemble: a network that answers the mean of these networks' logits, for attacks that are to carry over to
    /// others (Liu et al. 2017, <https://arxiv.org/abs/1611.02770>). All take the same inputs and know the same
    /// classes; there is at least one.
    pub fn mean_of(networks: Vec<Sequential>) -> Sequential {
        Sequential::of(vec![Layer::Mean(networks)])
    }

    /// The networks whose mean this is, if it is one.
    fn members(&self) -> Option<&[Sequential]> {
        match &self.layers[..] {
            [Layer::Mean(networks)] => Some(networks),
            _ => None,
        }
    }

    /// The logits.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, class]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        match self.front.is_empty() {
            true => self.bare_forward(x),
            false => self.front.mean(self.bare_forward(self.front.look(&x).seen)),
        }
    }

    /// The same of the network itself, without what stands before it.
    fn bare_forward(&self, x: Tensor<4>) -> Tensor<2> {
        // `Architecture::parameters` has seen that the last layer answers one row of logits a sample.
        self.kernels.logits(&x).unwrap_or_else(|| self.run(Activation::Image(x)).flat())
    }

    /// What the last linear layer decides by; the input itself where there is no layer before it, the logits where there
    /// is none of its kind.
    ///
    /// # Shapes
    /// `x`: `[batch, channel, row, column]`; the result: `[batch, feature]`.
    pub fn features(&self, x: Tensor<4>) -> Tensor<2> {
        let last = self.layers.iter().rposition(|layer| matches!(layer, Layer::Linear(_)));
        let before = &self.layers[..last.unwrap_or(self.layers.len())];
        let seen = if self.front.is_empty() { x } else { self.front.look(&x).seen };
        before.iter().fold(Activation::Image(seen), |x, layer| layer.forward(x)).flat()
    }

    /// The network up to there: what it answers are [`Sequential::features`].
    pub fn body(&self) -> Sequential {
        let last = self.layers.iter().rposition(|layer| matches!(layer, Layer::Linear(_)));
        let layers = self.layers[..last.unwrap_or(self.layers.len())].to_vec();
        Sequential { kernels: Kernels::of(&layers, self.kernels.input), layers, front: self.front.clone() }
    }

    fn run(&self, x: Activation) -> Activation {
        self.layers.iter().fold(x, |x, layer| layer.forward(x))
    }

    /// Whether there are kernels for it on the GPU where its weights are.
    #[cfg(all(test, feature = "wgpu"))]
    pub(crate) fn has_gpu_kernels(&self) -> bool {
        self.kernels.are_on_gpu()
    }

    /// Every parameter in order, in PyTorch's shape.
    pub fn parameters(&self) -> Vec<Values> {
        self.layers.iter().flat_map(Layer::parameters).collect()
    }
}

/// A parameter of either rank that PyTorch gives it.
pub enum Values {
    /// Convolution weight `[out, in / groups, rows, columns]`.
    Kernel(Tensor<4>),
    /// Linear weight `[out, in]`.
    Matrix(Tensor<2>),
    /// Bias `[out]`, factor or summand of a batch norm `[feature]`.
    Bias(Tensor<1>),
}

impl Activation {
    /// As features, `[batch, feature]`.
    fn flat(self) -> Tensor<2> {
        match self {
            Activation::Flat(x) => x,
            Activation::Image(x) => x.flatten(1, 3),
        }
    }
}

/// The numbers of logits that are tracked, and the gradients of the loss whose derivative by them is `slope`.
///
/// # Shapes
/// All `[batch, class]`.
fn back(tracked: Tensor<2>, slope: impl FnOnce(&Tensor<2>) -> Tensor<2>) -> (Tensor<2>, Gradients) {
    let logits = tracked.clone().inner();
    let slope = Tensor::from_inner(slope(&logits));
    (logits, (tracked * slope).sum().backward())
}

/// The sum of two of one shape.
fn sum(a: Activation, b: Activation) -> Activation {
    match (a, b) {
        (Activation::Image(a), Activation::Image(b)) => Activation::Image(a + b),
        (a, b) => Activation::Flat(a.flat() + b.flat()),
    }
}
