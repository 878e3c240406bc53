//! How fast is the engine? A measurement that takes turns with whatever is more urgent.

use super::models::{Model, Models};
use super::selftest::{images, noise};
use crate::attacks::{Pgd, Start};
use crate::ball::Ball;
use crate::case::{Case, own_answer};
use crate::drive::Drive;
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{Event, Fault, FaultKind, Ticket};

/// Inputs of each measurement.
const BATCHES: [usize; 2] = [1, 16];
/// Most steps timed, after at most as many that are not.
const STEPS: u32 = 8;
/// Milliseconds that a piece should not exceed: a GPU in software may need seconds for a step.
const PIECE: f64 = 200.0;

/// Milliseconds a PGD step for each of [`BATCHES`], being found.
#[derive(Default)]
pub struct Timing {
    drive: Option<Drive>,
    /// Steps taken to compile shaders and fill caches, and what the last of them took.
    warmed: (u32, f64),
    found: Vec<f64>,
}

impl Timing {
    /// One piece of work: a step that warms up, or all steps that are timed.
    pub async fn advance(
        &mut self,
        ticket: Ticket,
        models: &Models,
        now: &impl Fn() -> f64,
    ) -> Result<Vec<Event>, Fault> {
        let Some((_, model)) = models.iter().next() else {
            return Err(Fault::new(FaultKind::Model, "There is no model to measure with."));
        };
        let mut drive = self.drive.take().unwrap_or_else(|| begin(model, models, BATCHES[self.found.len()]));
        let (warmed, last) = self.warmed;
        // The first step is all compiling, however fast the engine is; where the second takes long too, steps do.
        let warm = warmed == STEPS || warmed > 1 && last >= PIECE;
        let steps = if warm { affordable(last) } else { 1 };
        let start = now();
        drive.advance(steps);
        drive.all_succeeded().await?;
        let millis = now() - start;
        if !warm {
            self.warmed = (warmed + 1, millis);
            self.drive = Some(drive);
            return Ok(Vec::new());
        }
        self.warmed = (0, 0.0);
        self.found.push(millis / f64::from(steps));
        Ok(match self.found[..] {
            [single, batch] => vec![Event::Measured { ticket, single, batch }],
            _ => Vec::new(),
        })
    }
}

/// Steps that fit into a piece at this many milliseconds each, one at least.
fn affordable(millis: f64) -> u32 {
    ((PIECE / millis) as u32).clamp(1, STEPS)
}

fn begin(model: &Model, models: &Models, batch: usize) -> Drive {
    let clean = images(model, &noise(model, batch), &models.device);
    let logits = model.network.forward(clean.clone());
    let truth = own_answer(&logits);
    let case = Case::new(clean, logits, truth, 1, 0);
    let attack = Pgd { steps: 2 * STEPS, step: 0.01, restarts: 1, start: Start::Clean };
    let ball = Ball::new(Norm::Linf, 0.1);
    Drive::new(model.network.clone(), case, ball, Box::new(attack))
}
