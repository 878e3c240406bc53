//! Parts and ledgers that are known by construction, for the tests of what is made of them.

use super::{Ledger, Trial};
use crate::catalog::{Aim, Norm};
use crate::protocol::*;

pub fn trial(id: &str, aim: Aim, eps: f32) -> Trial {
    let threat = ThreatModel { norm: Norm::Linf, eps, limits: Vec::new() };
    Trial { spec: threat.attack(id, &[("steps", 3.0)]), aim }
}

fn prediction(label: u32, sure: f32) -> Prediction {
    // Never quite 0: that would be logits beyond reason.
    let share = |class| if class == label { sure } else { ((1.0 - sure) / 3.0).max(1e-30) };
    Prediction { label, probabilities: (0..4).map(share).collect() }
}

/// An input of class `truth` that is answered `clean` and then `attacked`, this far away.
pub fn sample(truth: u32, clean: u32, attacked: u32, linf: f32) -> Sample {
    Sample {
        truth,
        target: None,
        clean: prediction(clean, 1.0),
        adversarial: prediction(attacked, 0.25),
        pixels: vec![0.0; 64],
        distance: Distance { linf, ..Distance::default() },
        queries: (attacked != truth).then_some(4),
        iterate: (attacked != truth).then_some(3),
        loss: vec![1.0, 3.0],
        success: clean == truth && attacked != truth,
        eight_bit: EightBit { label: attacked, success: clean == truth && attacked != truth },
        zero_gradient: false,
        outcome: if attacked == truth { SampleOutcome::Held } else { SampleOutcome::Fooled },
    }
}

pub fn part(model: &str, attack: usize, first: u64, samples: Vec<Sample>) -> Part {
    let own: Vec<u32> = samples.iter().map(|sample| sample.adversarial.label).collect();
    let timeline = Timeline { runs: vec![3, 3], every: 2, members: vec![("a".into(), 1), ("b".into(), 1)] };
    Part {
        model: model.into(),
        attack,
        first,
        transfer: vec![own.clone(), own],
        timeline,
        samples,
        draws: 1,
        detected: Vec::new(),
        millis: 10.0,
    }
}

/// Four inputs of classes 0 to 3: one held by all, one broken by the second attack only, one beyond the radius of the
/// nearest-input attack, one wrong already.
pub fn ledger() -> Ledger {
    let trials = vec![trial("pgd", Aim::Within, 0.1), trial("deepfool", Aim::Nearest, 0.1)];
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0, 1, 2, 3], 4);
    ledger.most = Some(0.4);
    ledger.add(part("one", 0, 0, vec![sample(0, 0, 0, 0.1), sample(1, 1, 1, 0.1)])).unwrap();
    ledger.add(part("one", 0, 2, vec![sample(2, 2, 2, 0.1), sample(3, 0, 0, 0.0)])).unwrap();
    let nearest = vec![sample(0, 0, 0, 0.0), sample(1, 1, 2, 0.05), sample(2, 2, 3, 0.3), sample(3, 0, 0, 0.0)];
    ledger.add(part("one", 1, 0, nearest)).unwrap();
    let radii = Radii {
        model: "one".into(),
        first: 0,
        radii: vec![None, Some(0.06), Some(0.2), Some(0.0)],
        certified: vec![0.01, 0.02, 0.03, 0.0],
    };
    ledger.add_radii(radii).unwrap();
    ledger
}

/// A ledger of one model on inputs of class 0: for each attack what it turns each input into.
pub fn turned(answers: &[&[u32]], labels: usize) -> Ledger {
    let trials = answers.iter().map(|_| trial("pgd", Aim::Within, 0.1)).collect();
    let mut ledger = Ledger::new(vec!["one".into(), "two".into()], trials, vec![0; labels], 4);
    for (attack, answers) in answers.iter().enumerate() {
        let samples = answers.iter().map(|&answer| sample(0, 0, answer, 0.1)).collect();
        ledger.add(part("one", attack, 0, samples)).unwrap();
    }
    ledger
}

/// So many of `n` inputs fall, the first ones.
pub fn fell(count: usize, n: usize) -> Vec<u32> {
    (0..n).map(|at| u32::from(at < count)).collect()
}
