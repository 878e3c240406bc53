//! The state of evaluations (what the link asks for, what has been measured, how far it is), with the settings, models
//! and files that the other features of the lab share.

use crate::web::reactive::memo;
use crate::{
    bridge::{lab_listener, messages::ToPage},
    controls::terms::Term,
    datasets::KeptDataset,
    evaluate::{
        known::Known,
        own_drawing::{self, Own},
        plan::{OWN, Plan},
        report::{About, Report},
        request::EvaluationRequest,
        study::Study,
        terms,
    },
    files::shipped::Samples,
    link::{Remark, Settings, join},
    models::{Kept, ModelStore},
    workers::{
        evaluation::{Evaluation, Progress},
        worker_host::WorkerHost,
    },
};
use foolproof_core::{manifest::Dataset, protocol::Fault};
use leptos::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::Arc,
};

/// What the lab is at.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing has been measured.
    Empty,
    /// Models and images are on their way: bytes so far and in all.
    Loading(u64, u64),
    /// An evaluation is under way.
    Running,
    /// It is, but hands out no more inputs.
    Paused,
    /// It is done.
    Done,
    /// It was cancelled; what it found is there.
    Cancelled,
    /// It could not go on; what it found is there.
    Failed(Fault),
    /// The report is of a file.
    Loaded,
}

/// Parts of a report that are open when it comes: what it found, whether that is to be trusted, and how it is kept.
const UNFOLDED: [&str; 4] = ["accuracies", "auditor", "curve", "methods"];

/// A picture that fooled a model: the attack's place, and the pixels as they were judged.
type Broken = (usize, Rc<[f32]>);

/// Handles to every signal; copies are the same state.
#[derive(Clone, Copy)]
pub struct EvaluationState {
    /// The page's settings.
    pub settings: RwSignal<Settings>,
    /// Attacks, models, datasets, once the page knows them.
    pub known: RwSignal<Option<Arc<Known>>>,
    /// What the link asks for, and what of it could not be taken.
    pub request: Memo<Option<(EvaluationRequest, Vec<Remark>)>>,
    /// What the lab is at.
    pub phase: RwSignal<Phase>,
    /// How far the evaluation is.
    pub progress: RwSignal<Progress>,
    /// The report so far.
    pub report: RwSignal<Option<Arc<Report>>>,
    /// The report that the views of this state show: the same, or what a part last had its turn for (`turns.rs`).
    pub in_view: RwSignal<Option<Arc<Report>>>,
    /// What the parts on the page show.
    pub parts: StoredValue<Vec<RwSignal<Option<Arc<Report>>>>>,
    /// The report that was last saved as a file.
    pub saved: StoredValue<Option<Arc<Report>>>,
    /// Whether the host asked for an evaluation that has not begun.
    pub asked: RwSignal<bool>,
    /// A sentence about the last file that was loaded, or not.
    pub said: RwSignal<String>,
    /// The parts of the report that are unfolded, by the ids of their headings.
    pub unfolded: RwSignal<BTreeSet<&'static str>>,
    /// Why the auditor was not run; empty if it was.
    pub refused: RwSignal<String>,
    /// How the evaluation came about.
    pub about: StoredValue<About>,
    /// What was measured.
    pub study: StoredValue<Option<Study>, LocalStorage>,
    /// The workers.
    pub workers: StoredValue<Option<WorkerHost<Evaluation>>, LocalStorage>,
    /// The adversarial examples of the report: by model and input.
    pub album: StoredValue<BTreeMap<(usize, usize), Broken>, LocalStorage>,
    /// Own drawings to measure on.
    pub drawings: RwSignal<Vec<Own>>,
    /// Whether they are the inputs, in place of the test images.
    pub uses_drawings: RwSignal<bool>,
    /// Those that the report is of, if it is of drawings.
    pub measured: StoredValue<Vec<Own>>,
    /// Weights of shipped models by their hash.
    pub weights: StoredValue<BTreeMap<String, Rc<[u8]>>, LocalStorage>,
    /// Test images by dataset and first index.
    pub images: StoredValue<BTreeMap<(String, usize), Arc<Samples>>>,
    /// Shards of images by path.
    pub shards: StoredValue<BTreeMap<String, Arc<Samples>>>,
    /// The models that this browser keeps, once the storage is open.
    pub model_store: StoredValue<Option<ModelStore>, LocalStorage>,
    /// A sentence about the last thing done with them.
    pub shelved: RwSignal<String>,
    /// The last one that could not be kept, or none where the browser has lost all, and the sentence that says so.
    pub unkept: RwSignal<Option<(Option<Kept>, String)>>,
    /// What is known of them, once they were counted.
    pub own: RwSignal<Option<Vec<Kept>>>,
    /// What is known of the datasets that this browser keeps, once they were counted.
    pub data: RwSignal<Option<Vec<KeptDataset>>>,
    /// Values of keys that were set on the lab's pages, and not by a link.
    pub by_hand: StoredValue<BTreeMap<String, String>>,
    /// Counts evaluations, so that what belongs to an older one is known by its number.
    pub turn: StoredValue<u32>,
}

impl EvaluationState {
    /// A state in which nothing is known. To be called inside a reactive owner.
    pub fn new() -> EvaluationState {
        let settings = RwSignal::new(Settings::default());
        let known = RwSignal::new(None::<Arc<Known>>);
        let request = memo(move || {
            let known = known.get()?;
            settings.with(|settings| Some(EvaluationRequest::read(settings, &known.manifest, &known.catalog)))
        });
        let report = RwSignal::new(None);
        EvaluationState {
            settings,
            known,
            request,
            phase: RwSignal::new(Phase::Empty),
            progress: RwSignal::new(Progress::default()),
            report,
            in_view: report,
            parts: StoredValue::new(Vec::new()),
            saved: StoredValue::new(None),
            asked: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            unfolded: RwSignal::new(BTreeSet::from(UNFOLDED)),
            refused: RwSignal::new(String::new()),
            about: StoredValue::new(About::default()),
            study: StoredValue::new_local(None),
            workers: StoredValue::new_local(None),
            album: StoredValue::new_local(BTreeMap::new()),
            drawings: RwSignal::new(Vec::new()),
            uses_drawings: RwSignal::new(false),
            measured: StoredValue::new(Vec::new()),
            weights: StoredValue::new_local(BTreeMap::new()),
            images: StoredValue::new(BTreeMap::new()),
            shards: StoredValue::new(BTreeMap::new()),
            model_store: StoredValue::new_local(None),
            shelved: RwSignal::new(String::new()),
            unkept: RwSignal::new(None),
            own: RwSignal::new(None),
            data: RwSignal::new(None),
            by_hand: StoredValue::new(BTreeMap::new()),
            turn: StoredValue::new(0),
        }
    }

    /// Something of the request, recomputed only when it changes itself.
    pub fn wished<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&EvaluationRequest) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        memo(move || self.request.with(|request| request.as_ref().map(|(request, _)| read(request))))
    }

    /// Something of the report, recomputed only when it changes itself.
    pub fn shown<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Report) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        memo(move || self.in_view.with(|report| report.as_ref().map(|report| read(report))))
    }

    /// What is to be done for these settings.
    pub fn plan(self) -> Option<Plan> {
        let known = self.known.get_untracked()?;
        let (request, _) = self.request.get_untracked()?;
        let plan =
            self.settings.with_untracked(|settings| Plan::of(settings, request, &known.manifest, &known.catalog));
        plan.map(|plan| self.on_drawings(plan))
    }

    /// The plan with the own drawings as its inputs, if they are chosen.
    fn on_drawings(self, plan: Plan) -> Plan {
        let drawings = self.drawings.get_untracked();
        let size = plan.data.shape.iter().product();
        // Those of another dataset stay for when that is chosen again.
        let fit = drawings.iter().all(|own| own.drawing.pixels().len() == size);
        if !self.uses_drawings.get_untracked() || drawings.is_empty() || !fit {
            return plan;
        }
        let samples = Arc::new(own_drawing::samples(&drawings, size));
        self.images.update_value(|images| drop(images.insert((OWN.to_owned(), 0), samples)));
        plan.of_drawings(drawings.len())
    }

    /// What settings ask to be done; the share of the worst case in the score is left out, as it needs no new
    /// results.
    pub fn plan_of(self, settings: &Settings) -> Option<Plan> {
        let known = self.known.get_untracked()?;
        let (request, _) = EvaluationRequest::read(settings, &known.manifest, &known.catalog);
        let request = EvaluationRequest { weight: 0.0, workers: None, ..request };
        Plan::of(settings, request, &known.manifest, &known.catalog)
    }

    /// Unfolds a part of the report, or folds it.
    pub fn unfold(self, part: &'static str, open: bool) {
        if self.unfolded.with_untracked(|all| all.contains(part)) != open {
            self.unfolded.update(|all| {
                if open {
                    all.insert(part);
                } else {
                    all.remove(part);
                }
            });
        }
    }

    /// Asks the page to set keys; they come back with the settings.
    pub fn set(self, keys: &[(&str, String)]) {
        let pairs: Vec<(String, String)> = keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        self.by_hand.update_value(|all| all.extend(pairs.iter().cloned()));
        lab_listener::tell(&ToPage::Set { fragment: join(&pairs) });
    }

    /// Whether an evaluation is under way.
    pub fn is_busy(self) -> bool {
        self.phase.with(|phase| matches!(phase, Phase::Loading(..) | Phase::Running | Phase::Paused))
    }

    /// The dataset in the settings.
    pub fn dataset(self) -> Option<Dataset> {
        let known = self.known.get()?;
        self.settings.with(|settings| crate::attack::plan::dataset(settings, &known.manifest).cloned())
    }

    /// The dataset that the report is of, as far as it is known here; of own drawings the one that they are drawn for.
    pub fn reported(self) -> Option<Dataset> {
        let of_study = self.study.with_value(|study| study.as_ref().map(|study| study.plan.data.clone()));
        of_study.or_else(|| {
            let (report, known) = (self.report.get_untracked()?, self.known.get_untracked()?);
            known.manifest.datasets.iter().find(|data| data.id == report.data).cloned()
        })
    }

    /// A clean input's pixels in [0, 1], if they are loaded.
    pub fn clean(self, data: &str, index: usize) -> Option<Vec<f32>> {
        self.images.with_value(|images| {
            let (_, samples) = images.range((data.to_owned(), 0)..=(data.to_owned(), index)).next_back()?;
            Some(samples.sample(index)?.0)
        })
    }

    /// What fooled a model on an input, if anything did.
    pub fn adversarial(self, model: usize, index: usize) -> Option<Vec<f32>> {
        let broken = self.album.with_value(|album| album.get(&(model, index)).map(|(_, pixels)| pixels.clone()))?;
        Some(broken.to_vec())
    }
}

/// A term's definition, of this page or of all.
pub fn term(id: &str) -> Option<&'static Term> {
    terms::find(id).or_else(|| crate::controls::terms::find(id))
}
