//! Whether a run can be carried out, before any memory is taken for it.

use super::bounded_pass;
use crate::training_method::TrainingMethod;
use crate::{augment, ball, training_methods};
use foolproof_core::architecture::Architecture;
use foolproof_core::protocol::{Fault, FaultKind, Learner, Recipe};

/// Largest batch taken.
const LARGEST_BATCH: u32 = 4096;

/// The recipe's method, if the recipe's numbers are in range and the learner fits the architecture.
///
/// # Errors
/// A [`Fault`] that names the number out of range, the list of a wrong length or with a number that is not finite, the
/// unknown method or knob, the norm that it proves nothing in, or what is wrong with the architecture.
pub fn check(
    architecture: &Architecture,
    recipe: &Recipe,
    learner: &Learner,
) -> Result<Box<dyn TrainingMethod>, Fault> {
    ranges(recipe)?;
    augment::check(&recipe.augment)?;
    ball::check(&recipe.limits, architecture.input)?;
    let parameters = architecture.parameters()?;
    let weights: usize = parameters.iter().map(|parameter| parameter.shape.iter().product::<usize>()).sum();
    lists(recipe, learner, weights)?;
    let method = training_methods::make(recipe)?;
    if method.bounds().is_some() {
        bounded_pass::check(recipe.norm)?;
    }
    Ok(method)
}

fn ranges(recipe: &Recipe) -> Result<(), Fault> {
    let most = |end: f64| 0.0..=end;
    for (name, value, range) in [
        ("Epsilon", f64::from(recipe.eps), most(1e4)),
        ("The ramp", recipe.ramp, most(1.0)),
        ("The share of attacked pictures", recipe.ratio, most(1.0)),
        ("The batch size", f64::from(recipe.batch), 1.0..=f64::from(LARGEST_BATCH)),
        ("The second moment's share", f64::from(recipe.memory), most(0.999_999)),
        ("The learning rate", recipe.rate, most(100.0)),
        ("The warm-up share", recipe.warm, most(1.0)),
        ("The weight decay", recipe.decay, most(10.0)),
        ("The clipping norm", f64::from(recipe.clip), most(1e9)),
        ("The weight of the running average", f64::from(recipe.average), most(0.999_999)),
        ("The label smoothing", f64::from(recipe.smooth), most(0.999)),
    ] {
        if !range.contains(&value) {
            let message = format!("{name} is {value}, and must be between {} and {}.", range.start(), range.end());
            return Err(Fault::new(FaultKind::Input, message));
        }
    }
    Ok(())
}

fn lists(recipe: &Recipe, learner: &Learner, weights: usize) -> Result<(), Fault> {
    let wrong = |why: String| Err(Fault::new(FaultKind::Model, why));
    let rows = learner.moments.len();
    if rows != 0 && rows != recipe.optimizer.rows() {
        return wrong(format!("The optimiser keeps {} rows of moments and gets {rows}.", recipe.optimizer.rows()));
    }
    let named = [("weights", &learner.weights), ("averages", &learner.average)];
    for (name, list) in named.into_iter().chain(learner.moments.iter().map(|moment| ("moments", moment))) {
        if !(list.len() == weights || list.is_empty() && name != "moments") {
            return wrong(format!("The model has {weights} weights and gets {} {name}.", list.len()));
        }
        if let Some(at) = list.iter().position(|value| !value.is_finite()) {
            return wrong(format!("The {name} are not finite at position {at}."));
        }
    }
    Ok(())
}
