//! A list of layers from the names and shapes of a file's tensors. Shapes tell convolutions, linear layers and batch
//! norms; numbers in names tell where layers without weights are. What they do not tell is assumed, and said.

mod fit;
mod parts;
mod search;

use crate::Expectation;
use foolproof_core::architecture::{Architecture, LayerSpec};

/// A guess.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// The layers.
    pub layers: Vec<LayerSpec>,
    /// The file's layers with the places that they have in the list: `fc1` is `7`. What stands behind the last point of
    /// a tensor's name stays: `fc1.weight` is `7.weight`.
    pub names: Vec<(String, String)>,
    /// What was assumed, one sentence each.
    pub assumed: Vec<String>,
}

/// Guesses the layers of a network for these inputs and classes from its tensors' names and shapes.
///
/// # Errors
/// A clause that names the tensor that no layer here has, or what does not fit.
pub fn layers(tensors: &[(String, Vec<usize>)], expected: &Expectation) -> Result<Guess, String> {
    let found = parts::parts(tensors)?;
    let mut first = None;
    for order in parts::orders(&found) {
        let guess = fit::fit(&order, expected).and_then(|guess| whole(&guess, expected).map(|()| guess));
        match guess {
            Ok(guess) => return Ok(guess),
            Err(why) => first = first.or(Some(why)),
        }
    }
    Err(first.unwrap_or_else(|| "there are no weights".into()))
}

/// Whether the guess is a network for these inputs and classes.
fn whole(guess: &Guess, expected: &Expectation) -> Result<(), String> {
    let Expectation { input, classes } = *expected;
    let architecture = Architecture::new(input, classes, guess.layers.clone());
    architecture.parameters().map(|_| ()).map_err(|fault| fault.message.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests;
