//! A job as the page sends it and an answer as an engine sends it, for the stories of policy and pair.

use foolproof_core::{
    catalog::Norm,
    protocol::{AttackJob, AttackSpec, Event, Inputs, Outcome, Ticket},
};
use std::collections::BTreeMap;

pub fn job(inputs: usize, models: &[&str], eps: f32) -> AttackJob {
    AttackJob {
        models: models.iter().map(|&model| model.to_owned()).collect(),
        inputs: Inputs { shape: [inputs, 1, 2, 2], pixels: vec![0.5; 4 * inputs], labels: None },
        attack: AttackSpec {
            id: "pgd".into(),
            norm: Norm::Linf,
            eps,
            target: None,
            knobs: BTreeMap::new(),
            limits: Vec::new(),
        },
        company: None,
        detection: None,
        seed: 1,
    }
}

pub fn attacked(ticket: Ticket, model: &str) -> Event {
    let (samples, queries, millis, step, fooled, draws) = (Vec::new(), 40, 1.0, 0.01, None, 1);
    let outcome = Outcome { model: model.into(), samples, queries, millis, step, fooled, draws, detected: Vec::new() };
    Event::Attacked { ticket, outcome }
}
