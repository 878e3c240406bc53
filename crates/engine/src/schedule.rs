//! How learning rate and radius change over a run, as functions of the share of it that is done.

use foolproof_core::protocol::Schedule;

/// Triangles of a cyclic schedule.
const CYCLES: f64 = 4.0;
/// Lowest rate of a cyclic schedule, as a share of the highest.
const LOWEST: f64 = 0.1;

/// The learning rate at `progress`, 0 to 1. `peak` is the highest; `warm` the share of the run in which some rise to it.
pub fn rate(schedule: Schedule, peak: f64, warm: f64, progress: f64) -> f64 {
    let progress = progress.clamp(0.0, 1.0);
    // How far the way down after the rise is done.
    let fall = if warm < 1.0 { (progress - warm) / (1.0 - warm) } else { 0.0 };
    peak * match schedule {
        Schedule::Constant => 1.0,
        Schedule::Step if progress < 0.5 => 1.0,
        Schedule::Step if progress < 0.75 => 0.1,
        Schedule::Step => 0.01,
        Schedule::Cyclic => {
            let up = 1.0 - (2.0 * (CYCLES * progress).fract() - 1.0).abs();
            LOWEST + (1.0 - LOWEST) * up
        }
        Schedule::OneCycle | Schedule::Cosine | Schedule::Plateau if progress < warm => progress / warm,
        Schedule::OneCycle => 1.0 - fall,
        Schedule::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * fall).cos()),
        Schedule::Plateau if progress > 1.0 - warm => (1.0 - progress) / warm,
        Schedule::Plateau => 1.0,
    }
}

/// The radius at `progress`: it grows from 0 to `eps` over the share `ramp` of the run.
pub fn radius(eps: f32, ramp: f64, progress: f64) -> f32 {
    eps * grown(0.0, ramp, progress)
}

/// How far, 0 to 1, the radius has grown at `progress`, which begins with the share `start` of the run and ends with `ramp`.
pub fn grown(start: f64, ramp: f64, progress: f64) -> f32 {
    if progress < ramp {
        ((progress - start).max(0.0) / (ramp - start).max(f64::MIN_POSITIVE)).min(1.0) as f32
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn one_cycle_peaks_where_it_says_and_ends_at_zero() {
        let at = |progress| rate(Schedule::OneCycle, 5e-3, 0.4, progress);
        for (progress, expected) in [(0.0, 0.0), (0.2, 2.5e-3), (0.4, 5e-3), (0.7, 2.5e-3), (1.0, 0.0)] {
            near(at(progress), expected);
        }
        near(rate(Schedule::OneCycle, 1.0, 0.0, 0.25), 0.75);
        near(rate(Schedule::OneCycle, 1.0, 1.0, 1.0), 1.0);
    }

    #[test]
    fn the_other_schedules_follow_their_closed_forms() {
        for (progress, expected) in [(0.0, 1.0), (0.49, 1.0), (0.5, 0.1), (0.74, 0.1), (0.75, 0.01), (1.0, 0.01)] {
            near(rate(Schedule::Step, 1.0, 0.4, progress), expected);
        }
        for (progress, expected) in [(0.0, 2.0), (1.0 / 3.0, 1.5), (0.5, 1.0), (2.0 / 3.0, 0.5), (1.0, 0.0)] {
            near(rate(Schedule::Cosine, 2.0, 0.0, progress), expected);
        }
        for (progress, expected) in [(0.0, 0.0), (0.2, 0.5), (0.4, 1.0), (0.7, 0.5), (1.0, 0.0)] {
            near(rate(Schedule::Cosine, 1.0, 0.4, progress), expected);
        }
        for (progress, expected) in [(0.0, 0.0), (0.15, 0.5), (0.3, 1.0), (0.7, 1.0), (0.85, 0.5), (1.0, 0.0)] {
            near(rate(Schedule::Plateau, 1.0, 0.3, progress), expected);
        }
        for (progress, expected) in [(0.0, 0.1), (0.0625, 0.55), (0.125, 1.0), (0.25, 0.1), (0.875, 1.0)] {
            near(rate(Schedule::Cyclic, 1.0, 0.4, progress), expected);
        }
        near(rate(Schedule::Constant, 0.3, 0.4, 0.9), 0.3);
    }

    #[test]
    fn the_radius_grows_and_then_stays() {
        assert_eq!([0.0, 0.05, 0.1, 1.0].map(|progress| radius(0.3, 0.1, progress)), [0.0, 0.15, 0.3, 0.3]);
        assert_eq!(radius(0.3, 0.0, 0.0), 0.3);
        assert_eq!([0.0, 0.1, 0.35, 0.6, 1.0].map(|progress| grown(0.1, 0.6, progress)), [0.0, 0.0, 0.5, 1.0, 1.0]);
        assert_eq!([0.0, 0.04, 0.05].map(|progress| grown(0.1, 0.05, progress)), [0.0, 0.0, 1.0], "a ramp before it");
    }
}
