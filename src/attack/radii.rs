//! Radii by norm: a number means another distance in another norm, so each norm keeps its own, and an attack that knows one
//! norm alone does not take the visitor's from the next attack.

use crate::link::Settings;
use foolproof_core::catalog::Norm;
use std::collections::BTreeMap;

/// What the visitor has set in each norm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Radii {
    /// The dataset that they are for.
    data: String,
    own: BTreeMap<Norm, f64>,
    /// The norm that was left because an attack does not know it.
    left: Option<Norm>,
}

impl Radii {
    /// Follows a change of settings, whose attack knows these `norms`: gives the norm that was left back, and each norm its
    /// own radius, or its `usual` one the first time. Whether it is the first time.
    pub fn follow(
        &mut self,
        before: &Settings,
        after: &mut Settings,
        norms: &[Norm],
        usual: impl Fn(Norm) -> f64,
    ) -> bool {
        if after.data != before.data {
            return false;
        }
        if self.data != before.data {
            *self = Radii { data: before.data.clone(), ..Radii::default() };
        }
        match (after.attack != before.attack, after.norm != before.norm) {
            (true, true) => self.left = self.left.or(Some(before.norm)),
            (true, false) => {
                if let Some(left) = self.left.filter(|left| norms.contains(left)) {
                    (after.norm, self.left) = (left, None);
                }
            }
            (false, true) => self.left = None,
            (false, false) => {}
        }
        if after.norm == before.norm {
            return false;
        }
        self.own.extend(before.eps.map(|eps| (before.norm, eps)));
        // A step is a length in its norm as well.
        (after.eps, after.step) = (Some(self.own.get(&after.norm).copied().unwrap_or_else(|| usual(after.norm))), None);
        !self.own.contains_key(&after.norm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(norm: Norm) -> f64 {
        if norm == Norm::Linf { 0.3 } else { 2.0 }
    }

    /// Carries out a change, as the page does: an attack that does not know the norm gets its own.
    fn change(radii: &mut Radii, settings: &mut Settings, attack: &str, norm: Norm) -> bool {
        let before = settings.clone();
        let norms: &[Norm] = if attack == "cw" { &[Norm::L2] } else { &Norm::ALL };
        settings.attack = attack.into();
        settings.norm = if norms.contains(&norm) { norm } else { norms[0] };
        radii.follow(&before, settings, norms, usual)
    }

    #[test]
    fn each_norm_keeps_its_radius_and_an_attack_gives_the_norm_back() {
        let (mut radii, mut now) = (Radii::default(), Settings { eps: Some(0.2), ..Settings::default() });
        now.attack = "pgd".into();
        assert!(change(&mut radii, &mut now, "cw", Norm::Linf), "the first time in L2");
        assert_eq!((now.norm, now.eps), (Norm::L2, Some(2.0)));
        let here = now.norm;
        assert!(!change(&mut radii, &mut now, "pgd", here));
        assert_eq!((now.norm, now.eps), (Norm::Linf, Some(0.2)), "as it was before");
        assert!(!change(&mut radii, &mut now, "pgd", Norm::L2), "it was there already");
        now.eps = Some(1.5);
        assert!(!change(&mut radii, &mut now, "pgd", Norm::Linf));
        assert!(!change(&mut radii, &mut now, "pgd", Norm::L2));
        assert_eq!(now.eps, Some(1.5));
        // A norm that the visitor has chosen stays.
        change(&mut radii, &mut now, "cw", Norm::L2);
        change(&mut radii, &mut now, "pgd", Norm::L2);
        assert_eq!(now.norm, Norm::L2);
    }

    #[test]
    fn other_data_begin_anew() {
        let (mut radii, mut now) = (Radii::default(), Settings { eps: Some(0.2), ..Settings::default() });
        change(&mut radii, &mut now, "pgd", Norm::L2);
        let before = now.clone();
        now.data = "fashion".into();
        assert!(!radii.follow(&before, &mut now, &Norm::ALL, usual));
        now.eps = Some(1.0);
        assert!(change(&mut radii, &mut now, "pgd", Norm::Linf));
        assert_eq!(now.eps, Some(0.3));
    }
}
