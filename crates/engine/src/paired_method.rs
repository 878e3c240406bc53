//! What TRADES, MART and logit pairing share: they learn from each picture clean and attacked, and weigh what the two
//! answers have to do with each other.

use crate::attack::Knobs;
use crate::loss::pairs;
use crate::training_method::{BatchContext, TrainingMethod, halves};
use burn::tensor::Tensor;

/// Attacks a batch in so many steps of this size.
pub(crate) type Craft = fn(&BatchContext, u32, f32) -> Tensor<4>;
/// Loss of the clean and the attacked logits of a class, with the weight.
pub(crate) type Loss = fn(&Tensor<2>, &Tensor<2>, &Tensor<2>, f32) -> pairs::Paired;

/// One of the three.
struct OfPairs {
    weight: f32,
    steps: u32,
    /// As a multiple of epsilon.
    step: f32,
    craft: Craft,
    loss: Loss,
}

/// The method whose weight is the knob `weight`.
pub(crate) fn make(knobs: &Knobs, weight: &str, craft: Craft, loss: Loss) -> Box<dyn TrainingMethod> {
    let factor = |key: &str| knobs.get(key).unwrap_or_default() as f32;
    Box::new(OfPairs { weight: factor(weight), steps: knobs.count("steps"), step: factor("step"), craft, loss })
}

impl TrainingMethod for OfPairs {
    fn paired(&self) -> bool {
        true
    }

    fn attack(&self, context: &BatchContext) -> Tensor<4> {
        (self.craft)(context, self.steps, self.step * context.ball.radius)
    }

    fn loss(&self, logits: &Tensor<2>, class: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let (clean, attacked) = halves(logits);
        let found = (self.loss)(&clean, &attacked, class, self.weight);
        (found.value, Tensor::cat(vec![found.clean, found.attacked], 0))
    }
}
