//! Named settings of an attack: applied as a whole, and recognised in the settings that are in force.

use super::plan::{knob_value, set_knob};
use super::scale::round_digits;
use crate::link::{Settings, link_key};
use foolproof_core::catalog::{Card, Preset, PresetValue};

/// What a preset asks of a knob at this radius; `None` is `auto`.
fn asked(value: PresetValue, settings: &Settings) -> Option<f64> {
    match value {
        PresetValue::Fixed(value) => Some(value),
        PresetValue::TimesEps(share) => settings.eps.map(|eps| round_digits(share * eps, 6)),
        PresetValue::Auto => None,
    }
}

/// Takes a preset's values: all knobs, and the radius if it has one.
pub fn take(settings: &mut Settings, card: &Card, preset: &Preset) {
    for (key, value) in &preset.values {
        let value = asked(*value, settings);
        if key == "eps" {
            settings.eps = value;
        } else if let Some(knob) = card.knobs.iter().find(|knob| knob.key == *key) {
            set_knob(settings, &link_key(card, knob), value);
        }
    }
}

/// Whether these settings are the preset's.
pub fn is_in_force(settings: &Settings, card: &Card, preset: &Preset) -> bool {
    let has = |key: &str| if key == "eps" { settings.eps } else { knob_value(settings, card, key) };
    preset.norms.contains(&settings.norm)
        && preset.values.iter().all(|(key, value)| has(key) == asked(*value, settings))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::catalog;
    use foolproof_core::catalog::Norm;

    #[test]
    fn a_preset_leaves_nothing_of_what_was_set_and_is_in_force_until_a_knob_moves() {
        let catalog = catalog();
        let (card, preset) = (&catalog.attacks[1], &catalog.attacks[1].presets[0]);
        let (mut settings, _) = Settings::read("eps=.1&pgd.start=0&steps=3&restarts=9");
        assert!(!is_in_force(&settings, card, preset));
        take(&mut settings, card, preset);
        let knobs = ["start", "steps", "restarts"].map(|key| knob_value(&settings, card, key));
        assert_eq!((settings.eps, settings.step), (Some(0.2), Some(0.02)));
        assert_eq!(knobs, [Some(1.0), Some(40.0), Some(1.0)]);
        assert!(is_in_force(&settings, card, preset));
        let moved: [fn(&mut Settings); 4] = [
            |settings| settings.eps = Some(0.3),
            |settings| settings.step = None,
            |settings| settings.norm = Norm::L2,
            |settings| {
                settings.knobs.insert("pgd.start".into(), 0.0);
            },
        ];
        for (at, moved) in moved.into_iter().enumerate() {
            let mut other = settings.clone();
            moved(&mut other);
            assert!(!is_in_force(&other, card, preset), "{at}");
        }
    }
}
