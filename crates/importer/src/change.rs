//! Changes by which a network reads pixels as they are here.

use foolproof_core::{
    architecture::{Architecture, LayerSpec, LinearSpec, Parameter},
    fault::Fault,
    importing::Change,
};

/// Changes a network and its weights, which are one list in PyTorch's order.
///
/// # Errors
/// A [`Fault`] if the architecture does not fit together.
pub fn apply(architecture: &mut Architecture, weights: &mut [f32], change: &Change) -> Result<(), Fault> {
    match change {
        Change::Normalise { mean, std } => {
            architecture.layers.insert(0, LayerSpec::Normalise { mean: mean.clone(), std: std.clone() });
        }
        Change::ChannelsLast => {
            if let Some((place, channels)) = first_linear(architecture) {
                reorder(weights_of(architecture, weights, place)?, &architecture.layers[place], channels);
            }
        }
    }
    Ok(())
}

/// Whether the order of channels matters to it.
pub fn has_channels(architecture: &Architecture) -> bool {
    first_linear(architecture).is_some()
}

/// Place of the first linear layer that gets pictures of several channels as one row, and how many channels.
fn first_linear(architecture: &Architecture) -> Option<(usize, usize)> {
    let flat = architecture.layers.iter().position(|layer| *layer == LayerSpec::Flatten)?;
    let channels = last_channels(&architecture.layers[..flat]).unwrap_or(architecture.input[0]);
    let linear = |layer: &LayerSpec| matches!(layer, LayerSpec::Linear(size) if size.r#in % channels == 0);
    let place = flat + architecture.layers[flat..].iter().position(|layer| matches!(layer, LayerSpec::Linear(_)))?;
    (linear(&architecture.layers[place]) && channels > 1).then_some((place, channels))
}

/// Channels that the last convolution of these layers answers.
fn last_channels(layers: &[LayerSpec]) -> Option<usize> {
    layers.iter().rev().find_map(|layer| match layer {
        LayerSpec::Conv2d(size) => Some(size.out),
        LayerSpec::Residual(inner) | LayerSpec::ProjectedResidual { inner, .. } => last_channels(inner),
        _ => None,
    })
}

/// The weights of the layer at this place.
fn weights_of<'a>(architecture: &Architecture, weights: &'a mut [f32], place: usize) -> Result<&'a mut [f32], Fault> {
    let name = format!("{place}.weight");
    let parameters = architecture.parameters()?;
    let before = parameters.iter().take_while(|one| one.name != name);
    let start = before.map(Parameter::count).sum::<usize>();
    let count = parameters.iter().find(|one| one.name == name).map_or(0, Parameter::count);
    Ok(weights.get_mut(start..start + count).unwrap_or_default())
}

/// Takes columns that stand as `[pixel, channel]` to `[channel, pixel]`, in every row.
fn reorder(weights: &mut [f32], layer: &LayerSpec, channels: usize) {
    let LayerSpec::Linear(LinearSpec { r#in, .. }) = layer else { return };
    let pixels = r#in / channels;
    for row in weights.chunks_exact_mut(*r#in) {
        let before = row.to_vec();
        for (at, value) in row.iter_mut().enumerate() {
            let (channel, pixel) = (at / pixels, at % pixels);
            *value = before[pixel * channels + channel];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> Architecture {
        let layers =
            vec![LayerSpec::conv2d(1, 2, 1, 1, 0), LayerSpec::Relu, LayerSpec::Flatten, LayerSpec::linear(6, 2)];
        Architecture::new([1, 1, 3], 2, layers)
    }

    /// F15: the right shapes in the wrong order.
    #[test]
    fn columns_by_pixel_become_columns_by_channel() {
        let mut architecture = network();
        assert!(has_channels(&architecture));
        // Kernel and bias of the convolution, then the rows; [row, column, channel] counts pixel by pixel.
        let mut weights: Vec<f32> = [9.0; 4].into_iter().chain((0..12).map(|at| at as f32)).chain([7.0; 2]).collect();
        apply(&mut architecture, &mut weights, &Change::ChannelsLast).unwrap();
        assert_eq!(weights[..4], [9.0; 4]);
        assert_eq!(weights[4..10], [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
        assert_eq!(weights[10..16], [6.0, 8.0, 10.0, 7.0, 9.0, 11.0]);
        assert_eq!(weights[16..], [7.0; 2]);
        assert_eq!(architecture, network());
    }

    #[test]
    fn a_normalising_layer_comes_first_and_moves_no_weights() {
        let mut architecture = network();
        let mut weights = vec![1.0; 18];
        let change = Change::Normalise { mean: vec![1.0], std: vec![-1.0] };
        apply(&mut architecture, &mut weights, &change).unwrap();
        assert_eq!(architecture.layers[0], LayerSpec::Normalise { mean: vec![1.0], std: vec![-1.0] });
        assert_eq!(architecture.parameters().unwrap().iter().map(Parameter::count).sum::<usize>(), 18);
        apply(&mut architecture, &mut weights, &Change::ChannelsLast).unwrap();
    }

    #[test]
    fn one_channel_has_no_order() {
        let layers = vec![LayerSpec::Flatten, LayerSpec::linear(3, 2)];
        assert!(!has_channels(&Architecture::new([1, 1, 3], 2, layers)));
        let layers = vec![LayerSpec::Flatten, LayerSpec::linear(6, 2)];
        assert!(has_channels(&Architecture::new([2, 1, 3], 2, layers)));
    }
}
