//! The page's one state: what the visitor set, what was loaded, what the engines answered.
//!
//! Views read signals and call the verbs here; settings change by these alone. Files and own models are put in by
//! `files::library` and `shell::from_lab`. Results have one writer,
//! [`Results::apply`](crate::attack::results::Results::apply), fed by the supervisor's notices in [`jobs`].

pub mod input;
pub mod jobs;
pub mod landmark;
mod models;
pub mod notes;
mod radii;
mod rise;
mod waiting;

use crate::web::reactive::memo;
use crate::{
    attack::{
        pace::Pace,
        plan::{self, Subject},
        radii::Radii,
        results::{Phase, Results},
        rise::Rise,
    },
    files::shipped::Shipped,
    inputs::{draft::Draft, format::Format, history::History},
    link::{Facts, Remark, Settings},
    workers::supervisor::{EngineStatus, Supervisor},
};
use foolproof_core::{
    catalog::{Card, Catalog},
    manifest::Manifest,
    protocol::AttackJob,
};
use input::Drafted;
use leptos::prelude::*;
use notes::Note;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::Arc,
};

/// The list of all shipped files.
pub const MANIFEST: &str = "manifest.json";

/// Handles to every signal; copies are the same state.
#[derive(Clone, Copy)]
pub struct State {
    /// The experiment, as in the link.
    pub settings: RwSignal<Settings>,
    /// The same as links and the lab have it: what the pen draws follows when it is lifted.
    pub linked: RwSignal<Settings>,
    /// Whether the pen is down.
    pub drawing: RwSignal<bool>,
    /// Whether the pen draws the mask and not the input.
    pub masking: RwSignal<bool>,
    /// What was drawn; nothing as long as the input came without a drawing.
    pub draft: RwSignal<Option<Draft>>,
    /// How far the challenge has brought epsilon.
    pub rise: RwSignal<Rise>,
    /// Files.
    pub shipped: RwSignal<Shipped>,
    /// What the engine can do, once one is up.
    pub catalog: RwSignal<Option<Arc<Catalog>>>,
    /// What the engines answered.
    pub results: RwSignal<Results>,
    /// Which engine runs.
    pub engine: RwSignal<Option<EngineStatus>>,
    /// Sentences to read.
    pub notes: RwSignal<Vec<Note>>,
    /// Undo of controls.
    pub controls: RwSignal<History<Settings>>,
    /// Undo of inputs.
    pub drafts: RwSignal<History<Drafted>>,
    /// What the inputs of the dataset are.
    pub formats: Memo<Format>,
    /// The pixel under the pointer, in every picture.
    pub inspected: RwSignal<Option<usize>>,
    /// The input, once it is there.
    pub subject: Memo<Option<Subject>>,
    /// The attack that the settings ask for, once all it needs is there.
    pub job: Memo<Option<Arc<AttackJob>>>,
    /// Files that could not be had.
    pub failed: Memo<BTreeSet<String>>,
    /// Whether the first model's result is of an attack with other numbers, for longer than a hand takes for a movement.
    pub late: RwSignal<bool>,
    /// Whether the newest attack is done.
    pub settled: Memo<bool>,
    /// Whether no engine could be started.
    pub dead: RwSignal<bool>,
    /// How often something was done that Back should undo, apart from opening a page.
    pub landmarks: RwSignal<u32>,
    /// How often all jobs were stopped.
    pub stops: RwSignal<u32>,
    /// Whether the program of the other pages is there.
    pub lab: RwSignal<bool>,
    /// Whether the models kept in this browser are among the manifest's by now.
    pub own: RwSignal<bool>,
    /// Whether the visitor lets a page of another origin have the models that this browser keeps.
    pub agreed: RwSignal<bool>,
    /// Models that came of a host's own runs.
    pub hosts_own: StoredValue<Vec<String>>,
    /// Whether the lab wants to be told of attacks, to explain them.
    pub explains: RwSignal<bool>,
    /// The fragment last read from the address bar, or written there.
    pub seen: StoredValue<String>,
    /// Weights by model; under its id and `/card`, the card of an own one.
    pub weights: StoredValue<BTreeMap<String, Rc<[u8]>>, LocalStorage>,
    supervisor: StoredValue<Option<Supervisor>, LocalStorage>,
    remarks: StoredValue<Vec<Remark>>,
    pace: StoredValue<Pace>,
    radii: StoredValue<Radii>,
    /// What is said of the radius: that it is the usual one of a norm that was just entered.
    pub radius_said: RwSignal<String>,
}

impl State {
    /// A state of these settings, with nothing loaded. To be called inside a reactive owner.
    pub fn new(settings: Settings) -> State {
        let linked = RwSignal::new(settings.clone());
        let settings = RwSignal::new(settings);
        let shipped = RwSignal::new(Shipped::default());
        let catalog = RwSignal::new(None::<Arc<Catalog>>);
        let results = RwSignal::new(Results::default());
        let formats = memo(move || {
            let format = |settings: &Settings| shipped.with(|shipped| shipped.dataset(settings).map(Format::from));
            settings.with(format).unwrap_or_default()
        });
        let subject = memo(move || settings.with(|settings| shipped.with(|shipped| shipped.subject(settings))));
        let job = memo(move || {
            let (subject, catalog) = (subject.get()?, catalog.get()?);
            settings.with(|settings| {
                shipped.with(|shipped| {
                    let facts = Facts { manifest: shipped.manifest.as_deref()?, catalog: Some(&catalog), own: true };
                    let job = plan::attack(settings, facts, &subject, &shipped.models)?;
                    shipped.accompany(settings, plan::card(settings, facts)?.aim, job).map(Arc::new)
                })
            })
        });
        let phase = move |results: &Results| results.run.as_ref().map(|run| matches!(run.phase, Phase::Done(_)));
        State {
            settings,
            linked,
            drawing: RwSignal::new(false),
            masking: RwSignal::new(false),
            draft: RwSignal::new(None),
            rise: RwSignal::new(Rise::default()),
            shipped,
            catalog,
            results,
            engine: RwSignal::new(None),
            notes: RwSignal::new(Vec::new()),
            controls: RwSignal::new(History::default()),
            drafts: RwSignal::new(History::default()),
            formats,
            inspected: RwSignal::new(None),
            subject,
            job,
            failed: memo(move || shipped.with(|shipped| shipped.failed.clone())),
            late: RwSignal::new(false),
            settled: memo(move || results.with(phase).unwrap_or(false)),
            dead: RwSignal::new(false),
            landmarks: RwSignal::new(0),
            stops: RwSignal::new(0),
            lab: RwSignal::new(false),
            own: RwSignal::new(false),
            agreed: RwSignal::new(false),
            hosts_own: StoredValue::new(Vec::new()),
            explains: RwSignal::new(false),
            seen: StoredValue::new(String::new()),
            weights: StoredValue::new_local(BTreeMap::new()),
            supervisor: StoredValue::new_local(None),
            remarks: StoredValue::new(Vec::new()),
            pace: StoredValue::new(Pace::default()),
            radii: StoredValue::new(Radii::default()),
            radius_said: RwSignal::new(String::new()),
        }
    }

    /// Something that follows from the settings, recomputed only when it changes itself.
    pub fn setting<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Settings) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        memo(move || self.settings.with(|settings| read(settings)))
    }

    /// Changes a control. Changes in a row `about` the same thing are one step to undo.
    pub fn change(self, about: &'static str, change: impl FnOnce(&mut Settings)) {
        let before = self.settings.get_untracked();
        let mut after = before.clone();
        change(&mut after);
        // A preset brings a radius of its own.
        let own_radius = after.eps != before.eps;
        self.with_facts(|facts| after.check(facts));
        self.follow_norm(&before, &mut after, own_radius);
        if after != before {
            self.controls.update(|history| history.keep(before, Some(about)));
            self.settings.set(after);
        }
    }

    /// Ends a row of changes.
    pub fn rest(self) {
        self.controls.update_untracked(History::rest);
    }

    /// Takes back the last change of a control; the input stays.
    pub fn undo(self) {
        self.walk(History::undo);
    }

    /// Does again what was undone last.
    pub fn redo(self) {
        self.walk(History::redo);
    }

    fn walk(self, step: impl FnOnce(&mut History<Settings>, Settings) -> Option<Settings>) {
        let now = self.settings.get_untracked();
        let input = now.input.clone();
        let found = self.controls.try_update(|history| step(history, now)).flatten();
        if let Some(settings) = found {
            self.settings.set(Settings { input, ..settings });
        }
    }

    /// Takes over settings from a link or the host; what is on the pad follows.
    pub fn replace(self, mut settings: Settings) -> Vec<Remark> {
        let remarks = self.with_facts(|facts| settings.check(facts)).unwrap_or_default();
        if settings.input != self.settings.with_untracked(|now| now.input.clone()) {
            self.draft.set(None);
        }
        if settings.data != self.settings.with_untracked(|now| now.data.clone()) {
            self.masking.set(false);
        }
        if settings != self.settings.get_untracked() {
            self.settings.set(settings);
        }
        remarks
    }

    /// Holds the settings against what is there, and says what had to change.
    pub fn check(self) {
        let remarks = self.replace(self.settings.get_untracked());
        self.remark(remarks);
    }

    /// Runs something on what is known, if the manifest is there.
    pub fn with_facts<T>(self, run: impl FnOnce(Facts) -> T) -> Option<T> {
        let manifest = self.shipped.with_untracked(|shipped| shipped.manifest.clone())?;
        let catalog = self.catalog.get_untracked();
        Some(run(Facts { manifest: &manifest, catalog: catalog.as_deref(), own: self.own.get_untracked() }))
    }

    /// Whether models and attacks are known, or it is certain that they never will be. Tracks both.
    pub fn is_up(self) -> bool {
        let known = self.catalog.with(Option::is_some) && self.shipped.with(|shipped| shipped.manifest.is_some());
        known || self.dead.get() || self.shipped.with(|shipped| shipped.failed.contains(MANIFEST))
    }

    /// The manifest, once it is there.
    pub fn manifest(self) -> Option<Arc<Manifest>> {
        self.shipped.with(|shipped| shipped.manifest.clone())
    }

    /// The chosen attack's card, once an engine is up.
    pub fn card(self) -> Option<Card> {
        let catalog = self.catalog.get()?;
        let id = self.settings.with(|settings| settings.attack.clone());
        catalog.attacks.iter().find(|card| card.id == id).cloned()
    }

    /// Names of the classes.
    pub fn classes(self) -> Vec<String> {
        let dataset = |settings: &Settings| self.shipped.with(|shipped| shipped.dataset(settings).cloned());
        self.settings
            .with(dataset)
            .map_or_else(|| (0..10).map(|class| class.to_string()).collect(), |dataset| dataset.classes)
    }

    /// Asks once more for the files that could not be had.
    pub fn try_again(self) {
        self.notes.update(Vec::clear);
        self.shipped.update(|shipped| shipped.failed.clear());
    }
}
