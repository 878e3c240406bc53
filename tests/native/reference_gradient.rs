//! Attacks that follow the gradient, against what other libraries make of the same weights.
//!
//! PyTorch takes softmax minus one-hot in single precision, so the gradient of an input that the model is sure of is
//! mostly rounding there: at a loss of 1e-5 some hundred pixels differ, at 0 the direction is arbitrary. Ours keeps
//! it (`loss::cross_entropy_slope`). The pixels are therefore compared where the loss is no rounding error.

use crate::libraries::*;
use foolproof_core::catalog::Norm;
use foolproof_engine::loss;

/// Least cross-entropy, nats, at which PyTorch's gradient is true to three digits.
const UNSURE: f32 = 1e-4;
/// Pixels of a picture whose part of the gradient is so near to 0 that those digits do not tell its sign.
const UNDECIDED: usize = 4;

/// What is compared with a result of this name.
struct Comparison<'a> {
    id: &'a str,
    job: &'a str,
    norm: Norm,
    eps: f32,
    knobs: &'a [(&'a str, f64)],
    /// Pixels of a picture that may go another way, and pictures that may.
    undecided: usize,
    strays: usize,
}

impl Comparison<'_> {
    /// The last iterate against the library's, pixel by pixel, and the best ones in how many pictures they fool.
    fn run(&self) {
        for (name, unsure) in [(NATURAL, 12), (ROBUST, 8)] {
            let (model, theirs) = (model(name), reference(name, self.job));
            let case = case(&model, theirs.count());
            let spec = spec(self.id, self.norm, self.eps, self.knobs);
            let losses = loss::cross_entropy(&case.logits, &case.truth).into_data().iter::<f32>().collect::<Vec<_>>();
            let off = differing(&last_iterate(&model, &case, &spec), &theirs.pixels());
            let compared: Vec<usize> =
                losses.iter().zip(off).filter(|(loss, _)| **loss >= UNSURE).map(|one| one.1).collect();
            let job = self.job;
            assert_eq!(compared.len(), unsure, "{name}");
            let strays = compared.iter().filter(|off| **off > self.undecided).count();
            assert!(strays <= self.strays, "{name} {job}: {compared:?}");
            let left = standing(&attack(&model, case, &spec));
            let theirs = theirs.standing_of(theirs.count());
            assert!(left <= theirs, "{name} {job}: {left} stand against {theirs}");
        }
    }
}

fn compare(id: &str, job: &str, norm: Norm, eps: f32) {
    Comparison { id, job, norm, eps, knobs: &[], undecided: UNDECIDED, strays: 0 }.run();
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

#[test]
fn bim_and_pgd_are_foolboxs_from_the_clean_input() {
    // Foolbox gives the last iterate, which is compared; ours keeps the best, so that it fools as many at least.
    let (bim, pgd) = ([("step", 0.06), ("steps", 10.0)], [("start", 0.0), ("step", 0.01), ("steps", 40.0)]);
    let flat =
        Comparison { id: "bim", job: "bim-linf-0.3", norm: Norm::Linf, eps: 0.3, knobs: &bim, undecided: 0, strays: 0 };
    flat.run();
    Comparison { id: "pgd", job: "pgd-linf-0.3", knobs: &pgd, ..flat }.run();
    // In L2 a step is not a sign but the gradient itself, and fifty of them add up what rounding took from the first: with a
    // loss of a few 1e-4 some pictures part.
    let pgd = [("start", 0.0), ("step", 0.05), ("steps", 50.0)];
    let round = Comparison { norm: Norm::L2, eps: 2.0, strays: 3, ..flat };
    Comparison { id: "pgd", job: "pgd-l2-2", knobs: &pgd, ..round }.run();
}

#[test]
fn pgd_in_l1_is_as_strong_as_foolboxs() {
    // Foolbox shrinks toward the clean input in place of projecting, which is another path once the ball is reached.
    for name in [NATURAL, ROBUST] {
        let (model, theirs) = (model(name), reference(name, "pgd-l1-10"));
        let spec = spec("pgd", Norm::L1, 10.0, &[("start", 0.0), ("step", 0.25), ("steps", 50.0)]);
        let samples = attack(&model, case(&model, theirs.count()), &spec);
        let (ours, left) = (standing(&samples), theirs.standing_of(theirs.count()));
        assert!(ours <= left, "{name}: {ours} stand against {left}");
    }
}
