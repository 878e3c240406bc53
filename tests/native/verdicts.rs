//! What Explain says of one input: the verdict of each detector on it and on its twin, and what is proven of it.

use crate::explain::{answer, asked};
use crate::toy::{PIXELS, SHAPE, answers, pixels, trained};
use foolproof_core::catalog::Norm;
use foolproof_core::defence::DefenceSpec;
use foolproof_core::protocol::{Certified, Detection, ExplainJob, Explained, Inputs, Question, Smoothing};

fn certificate(sigma: f32, norm: Norm) -> (ExplainJob, Certified) {
    let smoothing = Smoothing { sigma, select: 50, draws: 300 };
    let job = asked("pgd", norm, 0.3, &[("steps", 20.0)], Question::Certificate(smoothing));
    match answer(job.clone()).remove(0) {
        Explained::Certified(found) => (job, found),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_proven_lies_below_what_was_found_and_votes_are_all_counted() {
    for norm in Norm::ALL {
        let (job, found) = certificate(0.05, norm);
        assert_eq!(
            (found.votes.len(), found.votes.iter().sum::<u32>(), found.picked),
            (4, 300, found.class),
            "{norm:?}"
        );
        assert!(found.votes[found.picked as usize] > 250, "a little noise changes no answer: {:?}", found.votes);
        let change: Vec<f32> = job.job.inputs.pixels.iter().zip(&job.adversarial).map(|(a, b)| (a - b).abs()).collect();
        let far = match norm {
            Norm::Linf => change.iter().copied().fold(0.0, f32::max),
            Norm::L2 => change.iter().map(|by| by * by).sum::<f32>().sqrt(),
            Norm::L1 => change.iter().sum(),
        };
        let fooled = answers(&trained(), &job.adversarial)[0] != found.class;
        let proven = found.proven.unwrap();
        assert!(proven > 0.0 && (!fooled || proven < far), "{norm:?}: proven {proven}, found at {far}");
    }
    // The control: noise that drowns the input leaves votes for others.
    let (_, drowned) = certificate(2.0, Norm::Linf);
    assert!(drowned.votes.iter().filter(|votes| **votes > 0).count() > 1, "{:?}", drowned.votes);
}

#[test]
fn each_detector_says_something_of_both_inputs() {
    let clean = pixels(8, 60);
    let labels = Some(answers(&trained(), &clean));
    let detectors = ["squeeze", "mahalanobis", "neighbour", "energy", "confidence"];
    let detectors = detectors.map(|id| DefenceSpec::new(id, &[])).to_vec();
    let [channels, rows, columns] = SHAPE;
    assert_eq!(clean.len(), 60 * PIXELS);
    let references = Inputs { shape: [60, channels, rows, columns], pixels: clean, labels };
    let mut job = asked("pgd", Norm::Linf, 0.3, &[("steps", 20.0)], Question::Detectors);
    job.job.detection = Some(Detection { detectors, fpr: 0.1, references });
    let Explained::Detected(found) = answer(job.clone()).remove(0) else { panic!("no verdict") };
    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|one| one.clean.len() == 1 && one.attacked.len() == 1 && one.clean != one.attacked));
    // The control: where nothing was changed both scores are one.
    job.adversarial = job.job.inputs.pixels.clone();
    let Explained::Detected(found) = answer(job).remove(0) else { panic!("no verdict") };
    assert!(found.iter().all(|one| one.clean == one.attacked), "{found:?}");
}
