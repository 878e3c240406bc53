//! The pictures of a lesson's steps, computed for the page that shows them: one CPU worker takes attack after attack, and
//! ends with the last one or with the page.

use crate::i18n::{tr, tr_with};
use crate::{
    attack::{defence::name_of, plan, words},
    charts::{colour, pixels::paint},
    evaluate::view::state::EvaluationState,
    files::{job_files::Load, shipped::Shipped},
    lessons::{
        lesson::Lesson,
        pictures::{self, Picture},
    },
    link::Facts,
    web::reactive::effect,
    workers::{
        pool::{Model, Notice, Pool, Task, Work, not_kept_alive},
        worker_host::WorkerHost,
    },
};
use foolproof_core::protocol::{AttackJob, Event, Fault};
use leptos::{html, prelude::*};
use std::{
    collections::{BTreeMap, VecDeque, btree_map::Entry},
    sync::Arc,
};
use wasm_bindgen_futures::spawn_local;

/// Deaths of workers over one attack after which there are no pictures.
const MOST_DEATHS: u32 = 2;

/// How far the pictures of the open page are.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stand {
    /// Nobody wants any.
    #[default]
    None,
    /// Models and images are on their way.
    Loading,
    /// So many are there, of so many.
    At(usize, usize),
    /// All are there.
    Done,
    /// They cannot be had.
    Failed(String),
}

/// An attack that makes a picture.
struct Wanted {
    place: Place,
    name: String,
    classes: Vec<String>,
    model: Model,
    job: AttackJob,
}

/// A lesson's id, a step's number, and which of its models.
type Place = (String, u32, usize);

/// The worker, and what it has still to do; first what it is at.
struct Making {
    workers: WorkerHost<Pool>,
    queue: VecDeque<Wanted>,
    all: usize,
}

/// Handles to every signal; copies are the same state.
#[derive(Clone, Copy)]
pub struct Pictures {
    /// How far they are.
    pub stand: RwSignal<Stand>,
    evaluation: EvaluationState,
    found: RwSignal<BTreeMap<Place, Arc<Picture>>>,
    making: StoredValue<Option<Making>, LocalStorage>,
    /// Counts the times that pictures were asked for, so that what is older is known by its number.
    turn: StoredValue<u32>,
}

impl Pictures {
    /// Without any picture. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState) -> Pictures {
        let (stand, found) = (RwSignal::new(Stand::None), RwSignal::new(BTreeMap::new()));
        Pictures { stand, evaluation, found, making: StoredValue::new_local(None), turn: StoredValue::new(0) }
    }

    /// A step's pictures, of each model once it is there.
    pub fn of(self, lesson: &str, step: u32) -> Vec<Arc<Picture>> {
        let place = |model| (lesson.to_owned(), step, model);
        self.found.with(|found| found.range(place(0)..=place(usize::MAX)).map(|(_, picture)| picture.clone()).collect())
    }

    /// Makes the pictures of a lesson that are not there, as long as the owner lives that this is called in.
    pub fn show(self, lesson: Arc<Lesson>) {
        effect(move || {
            if self.evaluation.known.with(Option::is_some) {
                self.start(lesson.clone());
            }
        });
        on_cleanup(move || self.end(Stand::None));
    }

    /// Begins anew after a fault.
    pub fn start(self, lesson: Arc<Lesson>) {
        self.end(Stand::Loading);
        let turn = self.turn.get_value();
        spawn_local(async move {
            let brought = self.bring(&lesson).await;
            match brought {
                _ if self.turn.get_value() != turn => {}
                Err(fault) => self.end(Stand::Failed(fault.message)),
                Ok(queue) if queue.is_empty() => {
                    let has = self.found.with_untracked(|found| found.keys().any(|(id, ..)| *id == lesson.id));
                    self.end(if has { Stand::Done } else { Stand::None });
                }
                Ok(queue) => self.make(queue),
            }
        });
    }

    fn end(self, stand: Stand) {
        self.turn.update_value(|turn| *turn += 1);
        self.making.set_value(None);
        self.stand.set(stand);
    }

    /// The attacks of the steps without a picture, with all that they need.
    async fn bring(self, lesson: &Lesson) -> Result<VecDeque<Wanted>, Fault> {
        let Some(known) = self.evaluation.known.get_untracked() else { return Ok(VecDeque::new()) };
        let (load, mut models) = (Load::new(self.evaluation, |_, _| ()), BTreeMap::new());
        let facts = Facts { manifest: &known.manifest, catalog: Some(&known.catalog), own: true };
        let cards = &known.catalog.defences;
        let mut shipped = Shipped { manifest: Some(Arc::new(known.manifest.clone())), ..Shipped::default() };
        let mut queue = VecDeque::new();
        for (step, settings) in pictures::steps(lesson, facts) {
            let Some(data) = plan::dataset(&settings, facts.manifest) else { continue };
            let missing = |&(place, _): &(usize, _)| {
                !self.found.with_untracked(|found| found.contains_key(&(lesson.id.clone(), step, place)))
            };
            let wanted: Vec<_> =
                plan::models(&settings, facts.manifest).into_iter().enumerate().filter(missing).collect();
            if wanted.is_empty() {
                continue;
            }
            for index in pictures::indices(&settings) {
                let Some(shard) = shipped.shard_of(&settings, index) else { continue };
                if let Entry::Vacant(place) = shipped.tests.entry((data.id.clone(), shard.first)) {
                    place.insert(load.images(data, &shard).await?);
                }
            }
            for (place, chosen) in wanted {
                if let Entry::Vacant(place) = models.entry(&chosen.id) {
                    place.insert(load.model(&chosen.id).await?);
                    shipped.models.push(chosen.id.clone());
                }
                let (model, job) = (models[&chosen.id].clone(), pictures::job(&settings, facts, &shipped, &chosen.id));
                let Some(job) = job else { continue };
                let (place, name) = ((lesson.id.clone(), step, place), name_of(&chosen.name, &settings.defence, cards));
                queue.push_back(Wanted { place, name, classes: data.classes.clone(), model, job });
            }
        }
        Ok(queue)
    }

    fn make(self, queue: VecDeque<Wanted>) {
        let turn = self.turn.get_value();
        let heard = move |notice| {
            if self.turn.get_value() == turn {
                self.heard(notice);
            }
        };
        let workers = WorkerHost::start(|_| Pool::new(1, MOST_DEATHS, Vec::new()), heard);
        self.making.set_value(Some(Making { workers, all: queue.len(), queue }));
        self.next();
    }

    /// Gives the worker the next attack; after the last one it ends.
    fn next(self) {
        let left = self.making.with_value(|making| {
            let making = making.as_ref()?;
            let Wanted { model, job, .. } = making.queue.front()?;
            let task = Task { models: vec![model.clone()], work: Work::Attack(Box::new(job.clone())) };
            making.workers.decide(|pool, now| pool.give(now, 0, task));
            Some((making.all - making.queue.len(), making.all))
        });
        match left {
            Some((done, all)) => self.stand.set(Stand::At(done, all)),
            None => self.end(Stand::Done),
        }
    }

    fn heard(self, notice: Notice) {
        match notice {
            Notice::Said(_, Event::Attacked { outcome, .. }) => {
                let wanted = self.making.with_value(|making| {
                    let Wanted { place, name, classes, job, .. } = making.as_ref()?.queue.front()?;
                    let (model, classes) = (name.clone(), classes.clone());
                    Some((place.clone(), Picture { model, classes, job: job.clone(), outcome }))
                });
                if let Some((place, picture)) = wanted {
                    self.found.update(|found| drop(found.insert(place, Arc::new(picture))));
                }
            }
            Notice::Said(..) | Notice::Restarted(_) => {}
            Notice::Done(_) => {
                self.making.update_value(|making| drop(making.as_mut().and_then(|making| making.queue.pop_front())));
                self.next();
            }
            Notice::Lost(_, why) => self.end(Stand::Failed(not_kept_alive(&why).message)),
            Notice::Refused(_, fault) | Notice::Failed(fault) => self.end(Stand::Failed(fault.message)),
        }
    }
}

/// A sentence about how far they are; nothing where there are none to make.
pub fn said(stand: &Stand) -> String {
    match stand {
        Stand::None => String::new(),
        Stand::Loading => tr("The pictures are being prepared.").into(),
        Stand::At(done, all) => tr_with("The pictures are being prepared: {0} of {1}.", &[done, all]),
        Stand::Done => tr("The pictures are there.").into(),
        Stand::Failed(why) => tr_with("The pictures could not be made: {0}", &[why]),
    }
}

/// A step's pictures, one row a model.
pub fn rows(pictures: &[Arc<Picture>], told: bool) -> Vec<AnyView> {
    pictures.iter().filter_map(|picture| figures(picture, told)).collect()
}

/// A picture: the input alone, or with noise and what became of it. `told` writes the model's answers below; else there is
/// room to write them.
fn figures(picture: &Picture, told: bool) -> Option<AnyView> {
    let sample = picture.sample()?;
    let (clean, after) = (&picture.job.inputs.pixels, &sample.pixels);
    let noise: Vec<f32> = after.iter().zip(clean).map(|(after, before)| after - before).collect();
    let most = noise.iter().fold(0.0f32, |most, change| most.max(change.abs()));
    let shape = picture.shape();
    let reads = |answer: String| if told { tr_with("read as {0}", &[&answer]) } else { tr("read as:").to_owned() };
    let answer = |prediction| reads(words::answer(prediction, &picture.classes));
    let input = figure(colour::picture(clean, shape), shape[1], tr("Clean input"), answer(&sample.clean), told);
    let model = html::p().class("dim").child(tr_with("Model: {0}", &[&picture.model]));
    let row = |all: Vec<AnyView>| Some((model, html::div().class("paper-pictures").child(all)).into_any());
    if !picture.is_attacked() {
        return row(vec![input]);
    }
    let size = tr_with("at most ± {0}", &[&words::figure(f64::from((most * 1e3).round() / 1e3))]);
    let change = figure(colour::change(&noise, shape, most), shape[1], tr("Noise "), size, true);
    let twin = answer(&sample.adversarial);
    let twin = figure(colour::picture(after, shape), shape[1], tr("Adversarial input"), twin, told);
    let sign = |sign: &'static str| html::span().class("sign").aria_hidden("true").child(sign).into_any();
    row(vec![input, sign("+"), change, sign("="), twin])
}

fn figure(rgba: Vec<u8>, side: usize, name: &'static str, below: String, told: bool) -> AnyView {
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        if let Some(canvas) = canvas.get() {
            paint(&canvas, &rgba, side);
        }
    });
    let label = if told { format!("{name}: {below}") } else { name.to_owned() };
    view! {
        <figure>
            <canvas node_ref=canvas role="img" aria-label=label></canvas>
            <figcaption>
                {name} " " <span class=if told { "told" } else { "blank" }>{below}</span>
            </figcaption>
        </figure>
    }
    .into_any()
}
