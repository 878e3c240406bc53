//! The way of epsilon in a challenge, from 0 to where a network falls. Each place on it is an attack that runs, and what
//! is shown there is its result.

use super::{challenge::ChallengeResult, scale::round_digits};
use std::sync::Arc;

/// Places on the way, the last one included.
pub const PLACES: u32 = 10;

/// How far the way has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Rise {
    /// It has not begun: there is nothing drawn, or nobody knows yet where it ends.
    #[default]
    Waiting,
    /// Epsilon is on its way.
    Rising {
        /// Where it ends.
        to: f64,
        /// The place that it is at.
        at: u32,
    },
    /// The visitor has taken epsilon over, or stopped it.
    Left,
    /// It has ended.
    Over(Arc<ChallengeResult>),
}

/// The radius at a place: short numbers on the way, and exactly where it ends.
pub fn radius(to: f64, at: u32) -> f64 {
    match at {
        0 => 0.0,
        PLACES.. => to,
        at => round_digits(to * f64::from(at) / f64::from(PLACES), 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epsilon_rises_from_nothing_to_exactly_the_end() {
        for to in [0.116_210_94, 0.4, 0.003_125, 23.7] {
            let way: Vec<f64> = (0..=PLACES).map(|at| radius(to, at)).collect();
            assert!(way.windows(2).all(|pair| pair[0] < pair[1]), "{way:?}");
            assert_eq!((way[0], way[PLACES as usize], radius(to, PLACES + 1)), (0.0, to, to));
        }
        assert_eq!(radius(0.116_210_94, 5).to_string(), "0.058");
    }
}
