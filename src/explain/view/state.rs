//! The state of the explanations: what is asked, what was answered, and the one worker that answers.

use super::{reference_images::ReferenceImages, views::View};
use crate::i18n::tr;
use crate::{
    bridge::lab_listener,
    bridge::messages::{Attack, PageAnswer, PageQuestion},
    evaluate::view::state::EvaluationState,
    web::reactive::{effect, memo},
    workers::{
        client::{Heard, Thread, build_id},
        rest,
    },
};
use foolproof_core::{
    manifest::Model,
    protocol::{
        AttackJob, Event, ExplainJob, Explained, Fault, FaultKind, Question, Request, Ticket, VERSION, pack, unpack,
    },
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// Places on each side of a map.
const SIDE: u32 = 61;
/// Longest silence of the worker while it should answer, milliseconds.
const SILENCE: u32 = 60_000;

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
    evaluation: EvaluationState,
    hand: StoredValue<Hand, LocalStorage>,
}

/// The worker, and what it is at.
#[derive(Default)]
struct Hand {
    thread: Option<Thread>,
    /// Whether its program is up.
    ready: bool,
    /// Models it was sent.
    models: BTreeSet<String>,
    ticket: u64,
    asked: Option<Arc<ExplainJob>>,
    /// Whether the question was sent.
    sent: bool,
    found: Vec<Explained>,
    /// Ends the worker when it is silent for too long.
    watch: Option<Timeout>,
}

impl ExplanationState {
    /// A state on which nothing lies. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState) -> ExplanationState {
        let (open, attack) = (RwSignal::new(false), RwSignal::new(None::<Arc<Attack>>));
        let (model, view, class) =
            (RwSignal::new(String::new()), RwSignal::new(View::Attributions), RwSignal::new(None));
        let (answer, fault, hand) = (RwSignal::new(None), RwSignal::new(None), StoredValue::new_local(Hand::default()));
        let judged = move || open.get() && view.get() == View::Unusual;
        let others = ReferenceImages::new(evaluation, judged);
        let wanted = memo(move || {
            let attack = attack.get().filter(|_| open.get())?;
            let chosen = model.get();
            let (id, twin) = attack.twins.iter().find(|(id, _)| *id == chosen).or(attack.twins.first())?;
            let job = AttackJob { models: vec![id.clone()], company: None, ..attack.job.clone() };
            let question = match view.get() {
                View::Attributions => Question::Attributions(class.get()),
                View::Steps => Question::Walk,
                View::Map => Question::Map(SIDE),
                View::Unusual => return others.question(job, twin).map(Arc::new),
            };
            Some(Arc::new(ExplainJob { job, adversarial: twin.clone(), question }))
        });
        let state =
            ExplanationState { open, attack, model, view, class, answer, fault, wanted, others, evaluation, hand };
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
        let lacks_others = self.view.get() == View::Unusual && self.wanted.with(Option::is_none);
        self.fault.get().or_else(|| self.others.fault().filter(|_| lacks_others))
    }

    /// The chosen view's answers, with their question; none once the page has gone on to another dataset.
    pub fn seen<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Arc<ExplainJob>, &Explained) -> Option<T> + Send + Sync + 'static,
    ) -> Memo<Vec<T>> {
        memo(move || {
            let answer = self.answer.get();
            let answer = answer.filter(|answer| answer.asked.job.models.iter().all(|model| self.others.knows(model)));
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
            None => self.others.bring(),
        }
    }

    fn ask(self, asked: Arc<ExplainJob>) {
        self.fault.set(None);
        self.hand.update_value(|hand| {
            hand.ticket += 1;
            (hand.asked, hand.sent) = (Some(asked), false);
            hand.found.clear();
        });
        self.pump();
    }

    /// Ends the worker; what was answered stays.
    fn dismiss(self) {
        self.hand.update_value(|hand| *hand = Hand { ticket: hand.ticket, ..Hand::default() });
    }

    /// Goes one step toward an answer: a worker, its model, the question.
    fn pump(self) {
        let next = self.hand.with_value(|hand| {
            let asked = hand.asked.clone().filter(|_| !hand.sent)?;
            let model = asked.job.models.first()?.clone();
            let known = hand.models.contains(&model);
            Some((hand.thread.is_some(), hand.ready, known, model, asked, Ticket(hand.ticket)))
        });
        match next {
            Some((false, ..)) => self.start(),
            Some((true, true, false, model, ..)) => self.bring_model(model),
            Some((true, true, true, _, asked, ticket)) => {
                self.hand.update_value(|hand| hand.sent = true);
                match pack(&*asked) {
                    Ok(job) => {
                        self.send(&Request::Explain { ticket, job });
                        self.watch();
                    }
                    Err(fault) => self.refused(&fault),
                }
            }
            Some((true, false, ..)) | None => {}
        }
    }

    fn start(self) {
        let heard = move |heard| match heard {
            Heard::Event(event) => self.event(event),
            Heard::Alive | Heard::BeingBuilt => self.watch(),
            Heard::Broke(why) => self.fail(why),
        };
        match Thread::start(&format!("./engine-cpu_loader.js?build={}", build_id()), heard) {
            Ok(thread) => {
                self.hand.update_value(|hand| hand.thread = Some(thread));
                self.watch();
            }
            Err(why) => self.fail(why),
        }
    }

    fn send(self, request: &Request) {
        self.hand.with_value(|hand| hand.thread.iter().for_each(|thread| thread.send(request)));
    }

    /// Waits for the next sign of life.
    fn watch(self) {
        let from = rest::now();
        let silent = move || match rest::now() - from < f64::from(SILENCE) {
            // It rested for a while.
            true => self.watch(),
            false => self.fail(tr("The engine has not answered for a minute.").into()),
        };
        let watch = Timeout::new(SILENCE, silent);
        self.hand.update_value(|hand| hand.watch = Some(watch));
    }

    fn fail(self, why: String) {
        self.dismiss();
        self.fault.set(Some(why));
    }

    /// Asks the page for a model's weights. It answers at once, and what it says goes on from there.
    fn bring_model(self, id: String) {
        let question = PageQuestion::Weights { model: id.clone() };
        lab_listener::ask(question, Box::new(move |answer| self.take_model(id, answer)));
    }

    /// Hands a model to the worker. Where the page has none, the silence that follows ends the worker.
    fn take_model(self, id: String, answer: PageAnswer) {
        if let (PageAnswer::Weights { weights }, Some(model)) = (answer, untrack(|| self.find(&id))) {
            self.hand.update_value(|hand| {
                hand.models.insert(id.clone());
            });
            self.send(&Request::Model { id, architecture: model.architecture, weights });
            self.pump();
        }
    }

    fn event(self, event: Event) {
        let ticket = Ticket(self.hand.with_value(|hand| hand.ticket));
        match event {
            Event::Ready { version: VERSION, .. } => {
                self.hand.update_value(|hand| hand.ready = true);
                self.pump();
            }
            Event::Ready { .. } => self.fail(tr("Page and engine are of different builds. Reload the page.").into()),
            Event::Explained { ticket: of, answer } if of == ticket => match unpack(&answer) {
                Ok(found) => {
                    self.hand.update_value(|hand| hand.found.push(found));
                    self.watch();
                }
                Err(fault) => self.refused(&fault),
            },
            Event::Done { ticket: of, .. } if of == ticket => {
                let done = self.hand.try_update_value(|hand| {
                    hand.watch = None;
                    hand.asked.take().map(|asked| Answer { asked, found: std::mem::take(&mut hand.found) })
                });
                self.answer.set(done.flatten().map(Arc::new));
            }
            Event::Fault { ticket: of, fault } if of.is_none_or(|of| of == ticket) => self.refused(&fault),
            _ => {}
        }
    }

    /// The engine goes on, but not with this question.
    fn refused(self, fault: &Fault) {
        self.hand.update_value(|hand| (hand.asked, hand.watch) = (None, None));
        self.answer.set(None);
        if fault.kind == FaultKind::Model {
            // The next question sends its model anew.
            self.dismiss();
        }
        self.fault.set(Some(fault.message.clone()));
    }
}
