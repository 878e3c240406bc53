//! The threat model: what every attack of an evaluation, of a training run or on the page may change, and how far.

use super::AttackSpec;
use crate::catalog::Norm;

/// A ball around each input. Attacks are made from it, so that none is without its limits.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreatModel {
    /// Norm of the ball.
    pub norm: Norm,
    /// Its radius, as [`AttackSpec::eps`].
    pub eps: f32,
    /// How far each feature may go, as [`AttackSpec::limits`].
    pub limits: Vec<f32>,
}

impl ThreatModel {
    /// The same with another radius.
    pub fn within(&self, eps: f32) -> ThreatModel {
        ThreatModel { eps, ..self.clone() }
    }

    /// The untargeted attack of this id and knobs.
    pub fn attack(&self, id: &str, knobs: &[(&str, f64)]) -> AttackSpec {
        let knobs = knobs.iter().map(|&(key, value)| (key.to_owned(), value)).collect();
        let ThreatModel { norm, eps, limits } = self.clone();
        AttackSpec { id: id.into(), norm, eps, target: None, knobs, limits }
    }

    /// By how much a radius has to grow for the feature that moves least to go as far as without limits: 1 or more; `None`
    /// where a feature stays as it is.
    pub fn slowest(&self) -> Option<f32> {
        let least = self.limits.iter().copied().fold(1.0, f32::min);
        (least > 0.0).then_some(1.0 / least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_have_its_ball_and_its_limits() {
        let threat = ThreatModel { norm: Norm::L2, eps: 0.5, limits: vec![1.0, 0.25, 2.0] };
        let spec = threat.within(0.75).attack("pgd", &[("steps", 3.0)]);
        assert_eq!((spec.id.as_str(), spec.norm, spec.eps, spec.target), ("pgd", Norm::L2, 0.75, None));
        assert_eq!((spec.limits, spec.knobs), (threat.limits.clone(), [("steps".to_owned(), 3.0)].into()));
        assert_eq!(threat.slowest(), Some(4.0));
        assert_eq!(ThreatModel { limits: vec![2.0, 0.0], ..threat.clone() }.slowest(), None);
        assert_eq!(ThreatModel { limits: Vec::new(), ..threat }.slowest(), Some(1.0));
    }
}
