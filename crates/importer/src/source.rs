//! A list of layers from PyTorch's source (`nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), …)`), or from what
//! `print(model)` shows of one. Nothing of it is run: calls are read by their names.

mod arguments;
mod arithmetic;
mod expression;
mod layers;
mod text;

use foolproof_core::architecture::LayerSpec;

/// Longest text taken, in bytes.
const LONGEST: usize = 1 << 20;

/// Reads the layers, first to last. Nested `Sequential`s become part of the list; `Identity` is left out.
///
/// # Errors
/// A clause that names the line and what was not understood there.
pub fn read(text: &str) -> Result<Vec<LayerSpec>, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {} MB", LONGEST >> 20));
    }
    let tokens = text::tokens(text)?;
    let expression = expression::read(&tokens)?;
    layers::list(&expression)
}

#[cfg(test)]
mod tests;
