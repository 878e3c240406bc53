//! Has a worker of its own answer the test images by a model that is not kept yet.

use crate::workers::{
    pool::{Model, Notice, Pool, Task, Work, not_kept_alive},
    worker_host::WorkerHost,
};
use foolproof_core::{
    architecture::Architecture,
    catalog::Norm,
    protocol::{AttackSpec, EvaluationJob, Event, Fault, Inputs},
};
use js_sys::{Function, Promise};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Deaths of the worker over a model after which it is given up.
const MOST_DEATHS: u32 = 2;
/// Id under which the worker knows the model.
const MODEL: &str = "tried";

/// A worker that answers for one model after another; it ends when this is dropped.
pub struct Trial {
    workers: WorkerHost<Pool>,
    heard: Rc<RefCell<Heard>>,
}

/// What it has said to the present question.
#[derive(Default)]
struct Heard {
    answers: Vec<u32>,
    fault: Option<Fault>,
    over: Option<Function>,
}

impl Trial {
    /// A worker that waits.
    pub fn start() -> Trial {
        let heard = Rc::new(RefCell::new(Heard::default()));
        let told = heard.clone();
        let workers = WorkerHost::start(|_| Pool::new(1, MOST_DEATHS, Vec::new()), move |notice| hear(&told, notice));
        Trial { workers, heard }
    }

    /// What a model answers to each of the inputs.
    ///
    /// # Errors
    /// A [`Fault`] if the engine refuses the model, its numbers are not finite, or no worker stays alive.
    pub async fn answers(
        &self,
        architecture: &Architecture,
        weights: &[u8],
        inputs: &Inputs,
    ) -> Result<Vec<u32>, Fault> {
        let model = Model { id: MODEL.into(), architecture: architecture.clone(), weights: weights.into() };
        let none = AttackSpec {
            id: "none".into(),
            norm: Norm::Linf,
            eps: 0.0,
            target: None,
            knobs: [].into(),
            limits: vec![],
        };
        let job = EvaluationJob::new(vec![MODEL.into()], inputs.clone(), vec![none], 1);
        let over = Promise::new(&mut |resolve, _| {
            *self.heard.borrow_mut() = Heard { over: Some(resolve), ..Heard::default() };
        });
        let task = Task { models: vec![model], work: Work::Evaluate(Box::new(job)) };
        self.workers.decide(|pool, now| pool.give(now, 0, task));
        // It is only ever resolved.
        let _ = JsFuture::from(over).await;
        let Heard { answers, fault, .. } = std::mem::take(&mut *self.heard.borrow_mut());
        fault.map_or(Ok(answers), Err)
    }
}

fn hear(heard: &RefCell<Heard>, notice: Notice) {
    let mut heard = heard.borrow_mut();
    match notice {
        Notice::Said(_, Event::Evaluated { part, .. }) => {
            // After a restart a part may come twice.
            heard.answers.truncate(part.first as usize);
            heard.answers.extend(part.samples.iter().map(|sample| sample.clean.label));
            return;
        }
        Notice::Said(..) | Notice::Restarted(_) => return,
        Notice::Done(_) => {}
        Notice::Refused(_, fault) | Notice::Failed(fault) => heard.fault = Some(fault),
        Notice::Lost(_, why) => heard.fault = Some(not_kept_alive(&why)),
    }
    if let Some(over) = heard.over.take() {
        // Resolving a promise does not fail.
        let _ = over.call0(&JsValue::NULL);
    }
}
