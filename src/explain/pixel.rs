//! One pixel on its way through one iteration: what is computed, with its numbers.

use crate::i18n::{number::fixed, tr, tr_with};
use foolproof_core::{
    catalog::Norm,
    protocol::{Iteration, Walk},
};

/// A stage: its name, the formula, and the formula with this pixel's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is done.
    pub stage: &'static str,
    /// In symbols.
    pub formula: String,
    /// In numbers.
    pub numbers: String,
}

/// The pixel with the largest gradient.
pub fn strongest(iteration: &Iteration) -> usize {
    let sizes = iteration.gradient.iter().map(|value| value.abs()).enumerate();
    sizes.reduce(|best, next| if next.1 > best.1 { next } else { best }).map_or(0, |(pixel, _)| pixel)
}

/// The stages of a pixel in the iteration at this place; empty if there is no such pixel or iteration.
pub fn lines(walk: &Walk, at: usize, pixel: usize, clean: &[f32], norm: Norm, eps: f32) -> Vec<Line> {
    read(walk, at, pixel, clean).map_or_else(Vec::new, |numbers| numbers.lines(norm, eps))
}

/// A pixel's numbers.
struct Numbers {
    clean: f32,
    before: f32,
    gradient: f32,
    direction: f32,
    step: f32,
    stepped: f32,
    projected: f32,
    clipped: f32,
}

fn read(walk: &Walk, at: usize, pixel: usize, clean: &[f32]) -> Option<Numbers> {
    let iteration = walk.stages.get(at)?;
    let before = if at == 0 { &walk.start } else { &walk.stages[at - 1].clipped };
    Some(Numbers {
        clean: *clean.get(pixel)?,
        before: *before.get(pixel)?,
        gradient: *iteration.gradient.get(pixel)?,
        direction: *iteration.direction.get(pixel)?,
        step: walk.step,
        stepped: *iteration.stepped.get(pixel)?,
        projected: *iteration.projected.get(pixel)?,
        clipped: *iteration.clipped.get(pixel)?,
    })
}

impl Numbers {
    fn lines(&self, norm: Norm, eps: f32) -> Vec<Line> {
        let line = |stage, formula: &str, numbers| Line { stage, formula: formula.to_owned(), numbers };
        let eps = super::short(eps);
        let (direction, how) = match norm {
            Norm::Linf => (tr("Sign"), "s = sign(g)"),
            Norm::L2 => (tr("Normalise"), "s = g / ‖g‖₂"),
            Norm::L1 => (tr("Normalise"), "s = g / ‖g‖₁"),
        };
        let project = match norm {
            Norm::Linf => tr_with("clamp to x ± {0}", &[&eps]),
            Norm::L2 => format!("x + δ · min(1, {eps} / ‖δ‖₂)"),
            Norm::L1 => tr_with("nearest point with ‖δ‖₁ ≤ {0} and 0 ≤ x + δ ≤ 1", &[&eps]),
        };
        let moved = |from: f32, to: f32| {
            let kept = if from == to { ", unchanged" } else { "" };
            format!("{} → {}{kept}", digits(from), digits(to))
        };
        vec![
            line(tr("Gradient"), tr("g = ∂ loss / ∂x, toward the goal"), small(self.gradient)),
            line(direction, how, small(self.direction)),
            line(
                tr("Step"),
                "x + α · s",
                format!(
                    "{} + {} · {} = {}",
                    digits(self.before),
                    small(self.step),
                    small(self.direction),
                    digits(self.stepped)
                ),
            ),
            line(
                tr("Project"),
                &project,
                tr_with("{0}; clean {1}", &[&moved(self.stepped, self.projected), &digits(self.clean)]),
            ),
            line(tr("Clip"), tr("clamp to 0 … 1"), moved(self.projected, self.clipped)),
        ]
    }
}

/// A pixel's value.
fn digits(value: f32) -> String {
    fixed(value, 4)
}

/// A value that may be far smaller than a pixel's.
fn small(value: f32) -> String {
    super::short(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::protocol::Prediction;

    fn walk() -> Walk {
        let iteration = |gradient: f32, stepped: f32, projected: f32, clipped: f32| Iteration {
            loss: 0.1,
            answer: Prediction { label: 1, probabilities: vec![0.2, 0.8] },
            gradient: vec![0.001, gradient],
            direction: vec![1.0, gradient.signum()],
            stepped: vec![0.0, stepped],
            projected: vec![0.0, projected],
            clipped: vec![0.0, clipped],
        };
        let stages = vec![iteration(-0.5, 0.45, 0.45, 0.45), iteration(-0.25, 0.375, 0.4, 0.4)];
        Walk { attack: "pgd".into(), step: 0.075, iterations: 2, start: vec![0.0, 0.525], stages }
    }

    #[test]
    fn a_pixel_is_told_from_its_gradient_to_the_next_iterate() {
        let told = lines(&walk(), 1, 1, &[0.0, 0.5], Norm::Linf, 0.1);
        let numbers: Vec<&str> = told.iter().map(|line| line.numbers.as_str()).collect();
        assert_eq!(
            numbers,
            [
                "-0.25",
                "-1",
                "0.4500 + 0.075 · -1 = 0.3750",
                "0.3750 → 0.4000; clean 0.5000",
                "0.4000 → 0.4000, unchanged",
            ]
        );
        assert_eq!(told[3].formula, "clamp to x ± 0.1");
        assert_eq!(lines(&walk(), 0, 1, &[0.0, 0.5], Norm::L2, 0.1)[2].numbers, "0.5250 + 0.075 · -1 = 0.4500");
        assert!(lines(&walk(), 2, 1, &[0.0, 0.5], Norm::Linf, 0.1).is_empty());
        assert!(lines(&walk(), 0, 9, &[0.0, 0.5], Norm::Linf, 0.1).is_empty());
    }

    #[test]
    fn the_strongest_pixel_has_the_largest_gradient() {
        assert_eq!(strongest(&walk().stages[0]), 1);
    }
}
