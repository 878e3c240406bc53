//! The timing itself: one piece of work after another on a worker of each engine.

use super::{left_out, worker::Worker};
use crate::i18n::tr;
use crate::{
    evaluate::view::state::EvaluationState,
    files::job_files::Load,
    speed::{
        Timing, Timings, median,
        work::{self, Piece},
    },
    workers::{
        pool::{Model, Notice, Task, Work, not_kept_alive},
        rest::now,
    },
};
use foolproof_browser::adapter;
use foolproof_core::protocol::{EngineKind, Fault, FaultKind, Inputs};
use leptos::prelude::*;
use std::collections::VecDeque;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// Timed tries of a piece, after one that warms the engine up.
const TRIES: usize = 3;
/// A piece that takes longer than this is tried no more, in milliseconds.
const LONG: f64 = 1500.0;
/// One picture that takes longer than this lets the many wait too long, in milliseconds.
const SLOW: f64 = 400.0;
/// Many that take longer than this on a GPU leave training out there, in milliseconds.
const LONGEST: f64 = 2000.0;
const MANY: Piece = Piece::Attack(work::MANY);

/// How far the timing is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stand {
    /// Nobody has asked.
    #[default]
    Idle,
    /// The model and the inputs are on their way.
    Loading,
    /// This piece is being timed.
    At(EngineKind, Piece),
    /// All are done.
    Done,
    /// The visitor has ended it.
    Stopped,
    /// It cannot go on.
    Failed(String),
}

/// What is under way.
struct Running {
    worker: Option<Worker>,
    queue: VecDeque<(EngineKind, Piece)>,
    model: Model,
    inputs: Inputs,
    /// Since when the piece at hand runs, and what its tries took; the first is not counted.
    since: f64,
    tries: Vec<f64>,
}

/// Handles to every signal; copies are the same state.
#[derive(Clone, Copy)]
pub struct SpeedState {
    /// Whether the dialog is open.
    pub open: RwSignal<bool>,
    /// How far it is.
    pub stand: RwSignal<Stand>,
    /// What was found.
    pub timings: RwSignal<Timings>,
    evaluation: EvaluationState,
    running: StoredValue<Option<Running>, LocalStorage>,
    /// Counts starts, so that what is older is known by its number.
    turn: StoredValue<u32>,
}

impl SpeedState {
    /// Nothing timed yet. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState) -> SpeedState {
        SpeedState {
            open: RwSignal::new(false),
            stand: RwSignal::new(Stand::Idle),
            timings: RwSignal::new(Timings::default()),
            evaluation,
            running: StoredValue::new_local(None),
            turn: StoredValue::new(0),
        }
    }

    /// Opens the dialog.
    pub fn open(self) {
        self.open.set(true);
    }

    /// The dialog is closed; nobody waits any more.
    pub fn close(self) {
        self.open.set(false);
        // The button that opened it has gone with the chip's panel.
        let chip = document().query_selector(".chip").ok().flatten();
        if let Some(chip) = chip.and_then(|chip| chip.dyn_into::<HtmlElement>().ok()) {
            // Focusing can only fail on an element that is gone.
            drop(chip.focus());
        }
        if self.running.with_value(Option::is_some) || self.stand.with_untracked(|stand| *stand == Stand::Loading) {
            self.stop();
        }
    }

    /// Ends it; what was found stays.
    pub fn stop(self) {
        self.end(Stand::Stopped);
    }

    fn end(self, stand: Stand) {
        self.turn.update_value(|turn| *turn += 1);
        self.running.set_value(None);
        self.stand.set(stand);
    }

    /// Times everything anew.
    pub fn start(self) {
        self.end(Stand::Loading);
        self.timings.set(Timings::default());
        let turn = self.turn.get_value();
        spawn_local(async move {
            let brought = self.bring().await;
            match brought {
                _ if self.turn.get_value() != turn => {}
                Err(fault) => self.end(Stand::Failed(fault.message)),
                Ok((model, inputs, gpu)) => self.run(model, inputs, gpu),
            }
        });
    }

    /// The first dataset's natural network, its first test inputs, and whether there is a GPU.
    async fn bring(self) -> Result<(Model, Inputs, bool), Fault> {
        let known = self.evaluation.known.get_untracked();
        let missing = || Fault::new(FaultKind::Input, tr("The list of datasets is not loaded yet."));
        let data = known.as_ref().and_then(|known| known.manifest.datasets.first().cloned()).ok_or_else(missing)?;
        let load = Load::new(self.evaluation, |_, _| ());
        Ok((load.model(&data.natural).await?, load.tests(&data, work::MANY).await?, adapter::probe().await.is_ok()))
    }

    fn run(self, model: Model, inputs: Inputs, gpu: bool) {
        let on = |engine| move |piece: &Piece| (engine, *piece);
        let mut queue: VecDeque<_> = work::ALL.iter().map(on(EngineKind::Cpu)).collect();
        if gpu {
            queue.extend(work::ALL.iter().map(on(EngineKind::Gpu)));
        } else {
            let none = left_out(tr("no GPU here"));
            let note = |timings: &mut Timings, piece| timings.note(EngineKind::Gpu, piece, none.clone());
            self.timings.update(|timings| work::ALL.into_iter().for_each(|piece| note(timings, piece)));
        }
        let running = Running { worker: None, queue, model, inputs, since: 0.0, tries: Vec::new() };
        self.running.set_value(Some(running));
        self.next();
    }

    /// Has the worker do the piece at hand, or goes to the next one that is to be timed.
    fn next(self) {
        let turn = self.turn.get_value();
        let timings = self.timings.get_untracked();
        let decided = self.running.try_update_value(|running| {
            let running = running.as_mut()?;
            loop {
                let (engine, piece) = *running.queue.front()?;
                let Some(task) = running.task(engine, piece, &timings) else {
                    self.timings.update(|timings| timings.note(engine, piece, left_out(tr("left out: too slow"))));
                    running.queue.pop_front();
                    continue;
                };
                if running.worker.as_ref().is_none_or(|worker| worker.engine() != engine) {
                    running.worker = Some(self.worker(engine, turn, &running.inputs));
                }
                running.since = now();
                if let Some(worker) = &running.worker {
                    worker.give(task);
                }
                return Some((engine, piece));
            }
        });
        let stand = match decided.flatten() {
            Some((engine, piece)) => Stand::At(engine, piece),
            None => return self.end(Stand::Done),
        };
        if self.stand.with_untracked(|now| *now != stand) {
            self.stand.set(stand);
        }
    }

    /// A worker of an engine, in place of the one before.
    fn worker(self, engine: EngineKind, turn: u32, inputs: &Inputs) -> Worker {
        let heard = move |notice| {
            if self.turn.get_value() == turn {
                self.heard(notice);
            }
        };
        Worker::start(engine, vec![work::pictures(inputs)], heard)
    }

    fn heard(self, notice: Notice) {
        match notice {
            Notice::Done(_) => {
                self.tried();
                self.next();
            }
            Notice::Said(..) | Notice::Restarted(_) => {}
            // The first place is the CPU's; a GPU's failure is a sentence of its own.
            Notice::Lost(0, why) => self.give_up(not_kept_alive(&why).message),
            Notice::Lost(_, why) => self.give_up(why),
            Notice::Refused(_, fault) | Notice::Failed(fault) => self.give_up(fault.message),
        }
    }

    /// Notes a try, and after the last one what the piece takes.
    fn tried(self) {
        let found = self.running.try_update_value(|running| {
            let running = running.as_mut()?;
            let took = now() - running.since;
            running.tries.push(took);
            let counted = running.tries.len() - 1;
            if counted < TRIES && (counted == 0 || took <= LONG) {
                return None;
            }
            let middle = median(&running.tries[1..])?;
            running.tries.clear();
            let (engine, piece) = running.queue.pop_front()?;
            Some((engine, piece, middle))
        });
        if let Some((engine, piece, millis)) = found.flatten() {
            self.timings.update(|timings| timings.note(engine, piece, Timing::Took(millis)));
        }
    }

    /// An engine that fails is left out; without the CPU's there is nothing to time.
    fn give_up(self, why: String) {
        let engine = self.running.try_update_value(|running| {
            let running = running.as_mut()?;
            let (engine, _) = *running.queue.front()?;
            let left: Vec<Piece> =
                running.queue.iter().filter(|(of, _)| *of == engine).map(|(_, piece)| *piece).collect();
            running.queue.retain(|(of, _)| *of != engine);
            running.tries.clear();
            running.worker = None;
            Some((engine, left))
        });
        match engine.flatten() {
            Some((EngineKind::Gpu, left)) => {
                self.timings.update(|timings| {
                    left.into_iter().for_each(|piece| timings.note(EngineKind::Gpu, piece, left_out(&why)));
                });
                self.next();
            }
            _ => self.end(Stand::Failed(why)),
        }
    }
}

impl Running {
    /// The piece as a worker's task; `None` for one that is left out.
    fn task(&self, engine: EngineKind, piece: Piece, timings: &Timings) -> Option<Task> {
        let work = match piece.attack(&self.model.id, &self.inputs) {
            Some(job) => {
                let slow = timings.millis(engine, Piece::Attack(1)).is_some_and(|millis| millis > SLOW);
                if slow && piece == MANY {
                    return None;
                }
                Work::Attack(Box::new(job))
            }
            // A GPU on which the many take so long is one in software, and trains as slowly.
            None if engine == EngineKind::Gpu && timings.millis(engine, MANY).is_none_or(|millis| millis > LONGEST) => {
                return None;
            }
            None => Work::Train(Box::new(work::training(&self.model.architecture)?)),
        };
        Some(Task { models: vec![self.model.clone()], work })
    }
}
