//! The registry of attacks: adding one is a file in this folder and its line here.

mod adaptive;
mod apgd_ce;
mod apgd_dlr;
mod apgd_t;
mod autoattack;
mod bim;
mod boundary;
mod cw;
mod deepfool;
mod ead;
mod fab;
mod fgsm;
mod fgsm_naive;
mod hopskipjump;
mod jsma;
mod mi_fgsm;
mod nes;
mod noise;
mod none;
mod patch;
mod pgd;
mod spatial;
mod square;
mod universal;

use crate::attack::{Attack, Entry, Knobs};
use crate::ball::{self, Ball};
use crate::{modifiers, preset};
use foolproof_core::catalog::{Access, Card};
use foolproof_core::protocol::{AttackSpec, Fault, FaultKind};

pub use boundary::Boundary;
pub use hopskipjump::HopSkipJump;
pub use nes::Nes;
pub use patch::Patch;
pub use pgd::{Pgd, Start};
pub use spatial::Spatial;
pub use square::Square;
pub use universal::Universal;

/// Every attack, in the order a picker shows them.
const ALL: &[Entry] = &[
    none::ENTRY,
    noise::ENTRY,
    fgsm::ENTRY,
    fgsm_naive::ENTRY,
    bim::ENTRY,
    mi_fgsm::ENTRY,
    pgd::ENTRY,
    adaptive::BOTH,
    adaptive::ORTHOGONAL,
    apgd_ce::ENTRY,
    apgd_dlr::ENTRY,
    apgd_t::ENTRY,
    cw::ENTRY,
    deepfool::ENTRY,
    ead::ENTRY,
    jsma::ENTRY,
    fab::ENTRY,
    square::ENTRY,
    nes::ENTRY,
    boundary::ENTRY,
    hopskipjump::ENTRY,
    autoattack::ENTRY,
    universal::ENTRY,
    patch::ENTRY,
    spatial::ENTRY,
];

/// The cards of all attacks.
pub fn cards() -> Vec<Card> {
    ALL.iter().map(|entry| modifiers::with_knobs(preset::complete((entry.card)()))).collect()
}

/// The attack that a job asks for, and its ball.
///
/// # Errors
/// A [`Fault`] that names the unknown attack, norm or knob, or the value out of its range.
pub fn make(spec: &AttackSpec) -> Result<(Box<dyn Attack>, Ball), Fault> {
    let (card, make) = ALL
        .iter()
        .map(|entry| ((entry.card)(), entry.make))
        .find(|(card, _)| card.id == spec.id)
        .ok_or_else(|| Fault::new(FaultKind::Unknown, format!("There is no attack “{}”.", spec.id)))?;
    if !card.norms.contains(&spec.norm) {
        let message = format!("{} is not defined for the {} norm.", card.name, spec.norm.symbol());
        return Err(Fault::new(FaultKind::Unknown, message));
    }
    if !(spec.eps.is_finite() && spec.eps >= 0.0) {
        return Err(Fault::new(FaultKind::Input, format!("Epsilon is {}, and must be 0 or more.", spec.eps)));
    }
    let ball = Ball::new(spec.norm, spec.eps).limited(&spec.limits);
    let gradients = card.access == Access::Gradient;
    let own = spec.knobs.iter().filter(|(key, _)| !(gradients && modifiers::has(key)));
    let own = own.map(|(key, value)| (key.clone(), *value)).collect();
    Ok((make(&Knobs::complete(&card, &own)?, &ball), ball))
}

/// Whether an attack can be carried out on inputs of this `[channel, row, column]`.
///
/// # Errors
/// As [`make`] and [`ball::check`], and for an attack that takes pictures alone.
pub fn check(spec: &AttackSpec, shape: [usize; 3]) -> Result<(), Fault> {
    make(spec)?;
    modifiers::read(spec, 0)?;
    ball::check(&spec.limits, shape)?;
    match cards().into_iter().find(|card| card.id == spec.id && !card.takes(shape)) {
        None => Ok(()),
        Some(Card { name, .. }) => {
            let why = format!("{name} takes pictures with rows and columns, and these inputs are {shape:?}.");
            Err(Fault::new(FaultKind::Input, why))
        }
    }
}

/// The value behind a step size of `auto`: enough to cross the ball and come back part of the way.
fn auto_step(radius: f32, steps: u32) -> f32 {
    2.5 * radius / steps as f32
}
