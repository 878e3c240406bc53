//! Short ways to write down a knob.

use foolproof_core::catalog::{Knob, KnobKind};
use std::ops::RangeInclusive;

/// A whole number.
pub fn whole(key: &str, name: &str, help: &str, range: RangeInclusive<u32>, default: u32) -> Knob {
    let range = f64::from(*range.start())..=f64::from(*range.end());
    Knob { kind: KnobKind::Integer, ..real(key, name, help, range, f64::from(default)) }
}

/// A real number.
pub fn real(key: &str, name: &str, help: &str, range: RangeInclusive<f64>, default: f64) -> Knob {
    Knob {
        key: key.into(),
        name: name.into(),
        help: help.into(),
        kind: KnobKind::Real,
        min: *range.start(),
        max: *range.end(),
        default: Some(default),
        auto: None,
    }
}

/// A real number that the engine derives by this formula unless it is set.
pub fn auto(key: &str, name: &str, help: &str, range: RangeInclusive<f64>, formula: &str) -> Knob {
    Knob { default: None, auto: Some(formula.into()), ..real(key, name, help, range, 0.0) }
}

/// On or off.
pub fn toggle(key: &str, name: &str, help: &str, default: bool) -> Knob {
    Knob { kind: KnobKind::Toggle, ..real(key, name, help, 0.0..=1.0, f64::from(u8::from(default))) }
}

/// The number of steps, which several attacks have.
pub fn steps(default: u32) -> Knob {
    whole("steps", "Steps", "How many times the attack follows the gradient.", 1..=1000, default)
}

/// The number of restarts, which several attacks have.
pub fn restarts() -> Knob {
    let help = "How many times the attack begins anew from another random point; the best one counts.";
    whole("restarts", "Restarts", help, 1..=100, 1)
}

/// The number of classes aimed at, which several attacks have.
pub fn targets() -> Knob {
    let help = "How many other classes it aims at, the most likely one first, a run for each.";
    whole("targets", "Targets", help, 1..=9, 9)
}

/// The step size, derived from epsilon unless it is set.
pub fn step() -> Knob {
    let help = "How far one step goes, in the attack's norm and in pixel units.";
    auto("step", "Step size", help, 0.0..=100.0, "2.5·ε/steps")
}
