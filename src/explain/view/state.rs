//! The state of the explanations: what is asked, what was answered, and the one worker that answers.

use super::{
    brought::{Brought, Split},
    certificate::smoothing,
    detectors::detection,
    reference_images::ReferenceImages,
    views::View,
};
use crate::i18n::tr_with;
use crate::{
    attack::defence::{first, of_job},
    bridge::lab_listener,
    bridge::messages::{Attack, PageAnswer, PageQuestion},
    evaluate::{ensemble, view::state::EvaluationState},
    inputs::format::Format,
    web::reactive::{effect, memo},
    workers::{
        pool::{self, Notice, Pool, Task, Work, not_kept_alive},
        worker_host::WorkerHost,
    },
};
use foolproof_core::{
    defence::bare,
    manifest::Model,
    protocol::{AttackJob, Event, ExplainJob, Explained, Fault, FaultKind, Question, pack, unpack},
};
use leptos::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// Places on each side of a map.
const SIDE: u32 = 61;
/// Training images that detectors learn from: half of them say what is usual, half set thresholds.
const LEARNT_FROM: usize = 600;
/// Deaths of workers over one question after which it is not answered.
const MOST_DEATHS: u32 = 3;

/// A question with everything that was answered to it.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// The question.
    pub asked: Arc<ExplainJob>,
    /// The answers.
    pub found: Vec<Explained>,
}

/// Handles to every signal; copies are the same state.
#[derive(Clone, Copy)]
pub struct ExplanationState {
    /// Whether anybody looks.
    pub open: RwSignal<bool>,
    /// The newest attack that is done.
    pub attack: RwSignal<Option<Arc<Attack>>>,
    /// The model asked about; the attack's first if it is none of its models.
    pub model: RwSignal<String>,
    /// What is looked at.
    pub view: RwSignal<View>,
    /// The class asked about; `None` for each picture's own answer.
    pub class: RwSignal<Option<u32>>,
    /// The newest question that was answered.
    pub answer: RwSignal<Option<Arc<Answer>>>,
    /// Why there is no answer, if something went wrong.
    pub fault: RwSignal<Option<String>>,
    /// What should be answered.
    pub wanted: Memo<Option<Arc<ExplainJob>>>,
    /// What inputs are compared with.
    pub others: ReferenceImages,
    /// What detectors learn from.
    pub training: Brought,
    /// What the lab knows.
    pub evaluation: EvaluationState,
    asking: StoredValue<Asking, LocalStorage>,
}

/// The worker, and what it is asked.
#[derive(Default)]
struct Asking {
    /// A pool of one.
    workers: Option<WorkerHost<Pool>>,
    /// Models that the page gave, by id.
    models: BTreeMap<String, pool::Model>,
    asked: Option<Arc<ExplainJob>>,
    found: Vec<Explained>,
}

impl ExplanationState {
    /// A state on which nothing lies. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState) -> ExplanationState {
        let (open, attack) = (RwSignal::new(false), RwSignal::new(None::<Arc<Attack>>));
        let (model, view, class) =
            (RwSignal::new(String::new()), RwSignal::new(View::Attributions), RwSignal::new(None));
        let (answer, fault) = (RwSignal::new(None), RwSignal::new(None));
        let asking = StoredValue::new_local(Asking::default());
        let judged = move || open.get() && view.get() == View::Unusual;
        let others = ReferenceImages::new(evaluation, judged);
        let watched = move || open.get() && view.get() == View::Detectors;
        let training = Brought::new(evaluation, Split::Training(LEARNT_FROM), watched);
        let wanted = memo(move || {
            let attack = attack.get().filter(|_| open.get())?;
            let chosen = model.get();
            let (id, twin) = attack.twins.iter().find(|(id, _)| *id == chosen).or(attack.twins.first())?;
            let models = of_job(&attack.job, id).into_iter().cloned().collect();
            let job = AttackJob { models, company: None, detection: None, ..attack.job.clone() };
            let question = match view.get() {
                View::Attributions => Question::Attributions(class.get()),
                View::Steps => Question::Walk,
                View::Map => Question::Map(SIDE),
                View::Unusual => return others.question(job, twin).map(Arc::new),
                View::Detectors => Question::Detectors,
                View::Certificate => Question::Certificate(smoothing(evaluation)),
            };
            let detection = match question {
                Question::Detectors => Some(detection(evaluation, training.images()?.inputs.clone())),
                _ => None,
            };
            let job = AttackJob { detection, ..job };
            Some(Arc::new(ExplainJob { job, adversarial: twin.clone(), question }))
        });
        let state = ExplanationState {
            open,
            attack,
            model,
            view,
            class,
            answer,
            fault,
            wanted,
            others,
            training,
            evaluation,
            asking,
        };
        effect(move || match wanted.get() {
            Some(asked) => state.ask(asked),
            None if !open.get() => state.dismiss(),
            // What went wrong belongs to another view.
            None => fault.set(None),
        });
        state
    }

    /// The model in the list of all.
    pub fn find(self, id: &str) -> Option<Model> {
        let known = self.evaluation.known.get()?;
        known.manifest.models.iter().find(|model| model.id == id).cloned()
    }

    /// A model's name, with what it stands behind in a job.
    pub fn name(self, job: &AttackJob, id: &str) -> String {
        let whole = of_job(job, id).map_or(id, String::as_str);
        let known = self.evaluation.known.get();
        known.map_or_else(|| whole.to_owned(), |known| ensemble::name(whole, &known.manifest, &known.catalog))
    }

    /// What the inputs are.
    pub fn format(self) -> Format {
        self.evaluation.dataset().as_ref().map(Format::from).unwrap_or_default()
    }

    /// Names of the classes.
    pub fn classes(self) -> Vec<String> {
        self.evaluation.dataset().map_or_else(Vec::new, |data| data.classes)
    }

    /// A card's name, or the id of an attack that the page knows nothing of.
    pub fn attack_name(self, id: &str) -> String {
        let known = self.evaluation.known.get();
        let card = known.iter().flat_map(|known| &known.catalog.attacks).find(|card| card.id == id);
        card.map_or_else(|| id.to_owned(), |card| card.name.clone())
    }

    /// Why the chosen view cannot be shown.
    pub fn trouble(self) -> Option<String> {
        let lacking = match self.view.get() {
            View::Unusual => self.others.fault(),
            View::Detectors => self.training.fault(),
            _ => None,
        };
        self.fault.get().or_else(|| lacking.filter(|_| self.wanted.with(Option::is_none)))
    }

    /// The chosen view's answers, with their question; none once the page has gone on to another dataset.
    pub fn seen<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Arc<ExplainJob>, &Explained) -> Option<T> + Send + Sync + 'static,
    ) -> Memo<Vec<T>> {
        memo(move || {
            let answer = self.answer.get();
            let answer =
                answer.filter(|answer| answer.asked.job.models.iter().all(|model| self.others.knows(bare(model))));
            answer.iter().flat_map(|answer| answer.found.iter().filter_map(|one| read(&answer.asked, one))).collect()
        })
    }

    /// Takes an attack that is done.
    pub fn take_attack(self, attack: Attack) {
        self.others.see(&attack);
        self.attack.set(Some(Arc::new(attack)));
    }

    /// Asks anew after a fault.
    pub fn try_again(self) {
        match self.wanted.get_untracked() {
            Some(asked) => self.ask(asked),
            None if self.view.get_untracked() == View::Detectors => self.training.bring(),
            None => self.others.bring(),
        }
    }

    fn ask(self, asked: Arc<ExplainJob>) {
        self.fault.set(None);
        let known = self.asking.try_update_value(|asking| {
            asking.found.clear();
            asking.asked = Some(asked.clone());
            first(&asked.job).and_then(|id| asking.models.get(id).cloned())
        });
        match (known.flatten(), first(&asked.job)) {
            (Some(model), _) => self.give(&asked, model),
            (None, Some(id)) => self.bring_model(asked.clone(), id.to_owned()),
            (None, None) => {}
        }
    }

    /// Asks the page for a model's weights, which it answers at once.
    fn bring_model(self, asked: Arc<ExplainJob>, id: String) {
        let question = PageQuestion::Weights { model: id.clone() };
        let take = move |answer| match (answer, untrack(|| self.find(&id))) {
            (PageAnswer::Weights { weights }, Some(found)) => {
                let model = pool::Model { id, architecture: found.architecture, weights: weights.into() };
                self.asking.update_value(|asking| drop(asking.models.insert(model.id.clone(), model.clone())));
                self.give(&asked, model);
            }
            _ => self.fail(tr_with("There is no model “{0}”.", &[&id])),
        };
        lab_listener::ask(question, Box::new(take));
    }

    /// Gives the worker the question with its model; it is started if there is none.
    fn give(self, asked: &ExplainJob, model: pool::Model) {
        let job = match pack(asked) {
            Ok(job) => job,
            Err(fault) => return self.refused(&fault),
        };
        let workers = self.asking.try_update_value(|asking| {
            let start =
                || WorkerHost::start(|_| Pool::new(1, MOST_DEATHS, Vec::new()), move |notice| self.heard(notice));
            asking.workers.get_or_insert_with(start).clone()
        });
        if let Some(workers) = workers {
            let task = Task { models: vec![model], work: Work::Ask(job) };
            workers.decide(|pool, now| pool.give(now, 0, task));
        }
    }

    fn heard(self, notice: Notice) {
        match notice {
            Notice::Said(_, Event::Explained { answer, .. }) => match unpack(&answer) {
                Ok(found) => self.asking.update_value(|asking| asking.found.push(found)),
                Err(fault) => self.refused(&fault),
            },
            Notice::Said(..) => {}
            // It answers from the beginning.
            Notice::Restarted(_) => self.asking.update_value(|asking| asking.found.clear()),
            Notice::Done(_) => {
                let done = self.asking.try_update_value(|asking| {
                    let found = std::mem::take(&mut asking.found);
                    asking.asked.take().map(|asked| Answer { asked, found })
                });
                self.answer.set(done.flatten().map(Arc::new));
            }
            Notice::Refused(_, fault) => self.refused(&fault),
            Notice::Lost(_, why) => self.fail(not_kept_alive(&why).message),
            Notice::Failed(fault) => self.fail(fault.message),
        }
    }

    /// Ends the worker; what was answered stays.
    fn dismiss(self) {
        self.asking.set_value(Asking::default());
    }

    fn fail(self, why: String) {
        self.dismiss();
        self.fault.set(Some(why));
    }

    /// The engine goes on, but not with this question.
    fn refused(self, fault: &Fault) {
        self.asking.update_value(|asking| asking.asked = None);
        self.answer.set(None);
        if fault.kind == FaultKind::Model {
            // The next question sends its model anew.
            self.dismiss();
        }
        self.fault.set(Some(fault.message.clone()));
    }
}
