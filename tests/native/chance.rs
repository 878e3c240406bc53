//! The curve of accuracy against radius comes down to chance: at the largest radius that is searched PGD leaves no more
//! inputs right than guessing would, on the shipped models.

use crate::zoo;
use foolproof_core::catalog::Norm;
use foolproof_core::report::boundless;

/// Inputs attacked, of ten classes.
const INPUTS: usize = 20;

#[test]
fn at_the_largest_radius_no_more_than_chance_is_left() {
    let (pixels, labels) = zoo::pictures(INPUTS);
    for (id, norm) in [zoo::NATURAL, zoo::ROBUST].into_iter().flat_map(|id| Norm::ALL.map(|norm| (id, norm))) {
        // As few steps as the search ever takes.
        let spec = zoo::spec("pgd", norm, boundless(norm, zoo::PIXELS), &[("steps", 10.0)]);
        let left = zoo::standing(&zoo::attack(&zoo::model(id), &pixels, &labels, &spec));
        assert!(left <= INPUTS / 10, "{id}: {left} of {INPUTS} are left in {norm:?}");
    }
}
