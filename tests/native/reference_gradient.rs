//! Attacks that follow the gradient, against what other libraries make of the same weights.
//!
//! PyTorch takes softmax minus one-hot in single precision, so the gradient of an input that the model is sure of is
//! mostly rounding there: at a loss of 1e-5 some hundred pixels differ, at 0 the direction is arbitrary. Ours keeps
//! it (`loss::cross_entropy_slope`). The pixels are therefore compared where the loss is no rounding error.

use crate::libraries::*;
use foolproof::catalog::Norm;
use foolproof::engine::loss;

/// Least cross-entropy, nats, at which PyTorch's gradient is true to three digits.
const UNSURE: f32 = 1e-4;
/// Pixels of a picture whose part of the gradient is so near to 0 that those digits do not tell its sign.
const UNDECIDED: usize = 4;

/// Compares the last iterate with the library's, pixel by pixel, and the best ones in how many pictures they fool.
fn compare(id: &str, job: &str, norm: Norm, eps: f32) {
    for (name, unsure) in [(NATURAL, 12), (ROBUST, 8)] {
        let (model, theirs) = (model(name), reference(name, job));
        let (case, spec) = (case(&model, theirs.count()), spec(id, norm, eps, &[]));
        let losses = loss::cross_entropy(&case.logits, &case.truth).into_data().iter::<f32>().collect::<Vec<_>>();
        let ours = last_iterate(&model, &case, &spec);
        let off = differing(&ours, &theirs.pixels());
        let compared: Vec<usize> =
            losses.iter().zip(off).filter(|(loss, _)| **loss >= UNSURE).map(|one| one.1).collect();
        assert_eq!(compared.len(), unsure, "{name}");
        assert!(compared.iter().all(|off| *off <= UNDECIDED), "{name} {job}: {compared:?}");
        let left = standing(&attack(&model, case, &spec));
        let theirs = theirs.standing_of(theirs.count());
        assert!(left <= theirs, "{name} {job}: {left} stand against {theirs}");
    }
}

#[test]
fn fgsm_is_foolboxs_fast_gradient_method_in_every_norm() {
    compare("fgsm", "fgsm-linf-0.1", Norm::Linf, 0.1);
    compare("fgsm", "fgsm-linf-0.3", Norm::Linf, 0.3);
    compare("fgsm", "fgm-l2-2", Norm::L2, 2.0);
    compare("fgsm", "fgm-l1-10", Norm::L1, 10.0);
}

#[test]
fn mi_fgsm_is_torchattacks() {
    compare("mi-fgsm", "mifgsm-linf-0.3", Norm::Linf, 0.3);
}
