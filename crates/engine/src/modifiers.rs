//! What any attack that follows gradients may do about defences that mislead them: knobs of all their cards.

use crate::attack::Knobs;
use crate::knob;
use crate::sequential::Modifiers;
use foolproof_core::catalog::{Access, Card, Knob, KnobKind};
use foolproof_core::protocol::{AttackSpec, Fault};

/// The card with these knobs behind its own, if the attack follows gradients. Its presets say nothing of them.
pub fn with_knobs(mut card: Card) -> Card {
    if card.access == Access::Gradient {
        card.knobs.extend(knobs());
    }
    card
}

/// What an attack asks for; `seed` is of what random defences draw.
///
/// # Errors
/// A [`Fault`] that names the value out of its range.
pub fn read(spec: &AttackSpec, seed: u64) -> Result<Modifiers, Fault> {
    let card = Card { knobs: knobs(), ..Card::new(&spec.id, &spec.id, "", [""; 3]) };
    let own = |knob: &Knob| Some((knob.key.clone(), *spec.knobs.get(&knob.key)?));
    let knobs = Knobs::complete(&card, &card.knobs.iter().filter_map(own).collect())?;
    Ok(Modifiers { bpda: knobs.get("bpda") == Some(1.0), eot: knobs.get("eot").map(|draws| draws as u32), seed })
}

/// Whether a knob is one of these.
pub fn has(key: &str) -> bool {
    matches!(key, "bpda" | "eot")
}

fn knobs() -> Vec<Knob> {
    let through = "Goes back through a defence without a gradient as if it were not there (backward pass differentiable \
                   approximation, Athalye et al. 2018).";
    let draws = "Draws of a random defence whose mean the attack follows (expectation over transformation, Athalye et al. \
                 2018).";
    let eot = knob::auto("eot", "EOT", draws, 1.0..=100.0, "20");
    // Neither has a default, so that nothing is said of them where nobody asks for them.
    let bpda = knob::auto("bpda", "BPDA", through, 0.0..=1.0, "0");
    vec![Knob { kind: KnobKind::Toggle, ..bpda }, Knob { kind: KnobKind::Integer, ..eot }]
}
