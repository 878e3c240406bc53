//! Short ways to write down a preset.

use foolproof_core::catalog::{Card, Norm, Preset, PresetValue};

/// A preset in every norm of its card that fixes these values; the card's other knobs have their defaults.
pub fn own(name: &str, values: &[(&str, f64)]) -> Preset {
    fixed(name, &[], values)
}

/// A preset in these norms that fixes these values; the card's other knobs have their defaults.
pub fn fixed(name: &str, norms: &[Norm], values: &[(&str, f64)]) -> Preset {
    let values = values.iter().map(|&(key, value)| (key, PresetValue::Fixed(value)));
    of(name, norms, &values.collect::<Vec<_>>())
}

/// A preset of fixed values and shares of the radius; the card's other knobs have their defaults.
pub fn of(name: &str, norms: &[Norm], values: &[(&str, PresetValue)]) -> Preset {
    let values = values.iter().map(|&(key, value)| (key.into(), value)).collect();
    Preset { name: name.into(), norms: norms.to_vec(), values }
}

/// The card with every knob in every one of its presets, since the page applies them as they are, and its own norms in those
/// that name none.
pub fn complete(mut card: Card) -> Card {
    for preset in &mut card.presets {
        if preset.norms.is_empty() {
            preset.norms.clone_from(&card.norms);
        }
        for knob in &card.knobs {
            if preset.values.iter().all(|(key, _)| *key != knob.key) {
                preset.values.push((knob.key.clone(), knob.default.map_or(PresetValue::Auto, PresetValue::Fixed)));
            }
        }
    }
    card
}
