//! Which class a targeted attack is to reach: the same for all inputs, or one that the clean answer decides for each.
//!
//! The modes are torchattacks' (`set_mode_targeted_least_likely`, `set_mode_targeted_random`; Kim 2020,
//! <https://arxiv.org/abs/2010.01950>), the least likely class being Kurakin, Goodfellow and Bengio's (2017,
//! <https://arxiv.org/abs/1607.02533>); the second most likely one is where a label leaks soonest. That library leaves out
//! the label that it is given; here it is the model's own clean answer, which a drawing has too. A choice that would take a
//! readback is made with masks.

use crate::case::{Case, runner_up};
use crate::one_hot::{one_hot, own_answer};
use crate::random::Stream;
use crate::{loss, upload::floats};
use burn::tensor::Tensor;
use foolproof_core::protocol::Target;

/// The number of the run whose stream draws classes; larger than any attack's.
const DRAWN: u32 = (1 << 20) - 1;

/// The same case with a target.
pub fn aim(case: Case, target: Target) -> Case {
    let answer = own_answer(&case.logits);
    let class = match target {
        Target::Class(class) => {
            let [batch, classes] = answer.dims();
            one_hot(&vec![class; batch], classes, &answer.device())
        }
        Target::Least => own_answer(&loss::without(&case.logits.clone().neg(), &answer)),
        Target::Second => runner_up(&case.logits, &answer, 0),
        Target::Random => own_answer(&loss::without(&draws(&case), &answer)),
    };
    case.toward(class)
}

/// A number for each class, drawn from the sample's own stream: the largest of any of them lies at each with the same
/// probability.
///
/// # Shapes
/// The result: `[batch, class]`.
fn draws(case: &Case) -> Tensor<2> {
    let [batch, classes] = case.logits.dims();
    let of = |&key: &u64| {
        let mut stream = Stream::new(case.seed, key, DRAWN);
        (0..classes).map(move |_| stream.uniform())
    };
    floats(case.keys.iter().flat_map(of).collect(), [batch, classes], &case.logits.device())
}
