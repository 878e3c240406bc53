//! A list of layers as PyTorch's source, or as PyTorch prints it: what is read and written is read as the same.

use foolproof::models::snippet::sequential;
use foolproof_core::architecture::{Architecture, LayerSpec};
use foolproof_importer::source;

/// A text.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(layers) = source::read(text) else { return };
    let architecture = Architecture::new([1, 8, 8], 3, layers);
    // Layers that do not fit together are told, and not computed with.
    let fits = architecture.parameters().is_ok();
    if fits && !has_softmax(&architecture.layers) {
        let written = sequential(&architecture.layers);
        assert_eq!(source::read(&written).as_ref(), Ok(&architecture.layers), "{written}");
    }
}

/// Whether there is a softmax anywhere, which is not written.
fn has_softmax(layers: &[LayerSpec]) -> bool {
    layers.iter().any(|layer| match layer {
        LayerSpec::Softmax => true,
        LayerSpec::Residual(inner) => has_softmax(inner),
        LayerSpec::ProjectedResidual { inner, shortcut } => has_softmax(inner) || has_softmax(shortcut),
        _ => false,
    })
}
