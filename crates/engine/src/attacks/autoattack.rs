//! AutoAttack, the field's standard test: four attacks without knobs to tune, each on the samples that the last one
//! left standing (Croce and Hein 2020).

use super::fab::Fab;
use super::square::Square;
use crate::apgd::{Apgd, Objective};
use crate::attack::{Attack, Entry, Knobs, Run};
use crate::{ball::Ball, case::Case, knob, preset};
use burn::tensor::Tensor;
use foolproof_core::catalog::{Aim, Card, Norm};

pub(super) const ENTRY: Entry = Entry { card, make };

fn card() -> Card {
    let steps = "Steps of every run of APGD and FAB-T; the standard is 100.";
    let queries = "Candidates that Square tries; the standard is 5000.";
    let summary =
        "The standard test of a defence: APGD-CE, APGD-T, FAB-T and Square, each on what the last left standing.";
    Card {
        norms: vec![Norm::Linf, Norm::L2],
        targeted: false,
        knobs: vec![
            knob::whole("steps", "Steps", steps, 1..=1000, 100),
            knob::targets(),
            knob::whole("queries", "Queries", queries, 10..=20_000, 5000),
        ],
        presets: vec![preset::own("Standard", &[("steps", 100.0), ("targets", 9.0), ("queries", 5000.0)])],
        ..Card::new(
            "autoattack",
            "AutoAttack",
            summary,
            [
                "Croce and Hein 2020",
                "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks",
                "https://arxiv.org/abs/2003.01690",
            ],
        )
    }
}

fn make(knobs: &Knobs, ball: &Ball) -> Box<dyn Attack> {
    let (steps, targets) = (knobs.count("steps"), knobs.count("targets"));
    let apgd = |runs, objective| Apgd { steps, runs, objective, funnel: false, ball: ball.clone() };
    Box::new(AutoAttack {
        members: vec![
            ("APGD-CE", Box::new(apgd(1, Objective::CrossEntropy))),
            ("APGD-T", Box::new(apgd(targets, Objective::EachTarget))),
            ("FAB-T", Box::new(Fab { steps, targets, ..Fab::standard(Aim::Within) })),
            ("Square", Box::new(Square { queries: knobs.count("queries"), share: 0.8, rescale: false })),
        ],
    })
}

/// Several attacks at one radius, one after another.
struct AutoAttack {
    members: Vec<(&'static str, Box<dyn Attack>)>,
}

impl Attack for AutoAttack {
    fn plan(&self) -> Vec<u32> {
        self.members.iter().flat_map(|(_, member)| member.plan()).collect()
    }

    fn members(&self) -> Vec<(String, u32)> {
        self.members.iter().map(|(name, member)| ((*name).to_owned(), member.plan().len() as u32)).collect()
    }

    fn rests(&self, run: usize) -> bool {
        let (member, own) = self.member(run);
        member.rests(own)
    }

    fn effort(&self, run: usize) -> u32 {
        let (member, own) = self.member(run);
        member.effort(own)
    }

    fn begin(&self, case: &Case, ball: &Ball, run: u32) -> (Tensor<4>, Box<dyn Run>) {
        let (member, own) = self.member(run as usize);
        member.begin(case, ball, own as u32)
    }
}

impl AutoAttack {
    /// Whose run this is, and which one of its own.
    fn member(&self, run: usize) -> (&dyn Attack, usize) {
        let mut left = run;
        let mut at = 0;
        // The last member takes what the others do not.
        while at + 1 < self.members.len() && left >= self.members[at].1.plan().len() {
            left -= self.members[at].1.plan().len();
            at += 1;
        }
        (self.members[at].1.as_ref(), left)
    }
}
