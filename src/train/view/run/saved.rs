//! Checkpoints: a run goes on after a reload from its last one, a sweep with the rows that are done.

mod place;

use super::{prepare::settings_with, sweep_run::Trained};
use crate::i18n::tr;
use crate::{
    attack::plan,
    link::Settings,
    models::{
        Kept, file,
        view::{importer, storage},
    },
    train::{
        sweep::MOST,
        sweep_progress::SweepProgress,
        view::state::{Left, TrainingState},
    },
};
use foolproof_browser::pause::Pause;
use foolproof_core::{
    importing::ImportedModel,
    manifest::Dataset,
    protocol::{Fault, FaultKind, VERSION},
    training::Checkpoint,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Where it lies in the store, below the tab's own place.
const KEY: &str = "checkpoint";
/// Where the sweep lies that the run is one of, JSON, since more than one build has to read it; behind a slash and its
/// number, the model of each row.
const SWEEP: &str = "sweep";

/// A run as it lies in the store.
#[derive(Serialize, Deserialize)]
struct Saved {
    /// The fingerprint of what shapes it: layers of another build would be read as others.
    version: u32,
    fragment: String,
    run: Checkpoint,
}

/// Looks whether an earlier visit left a run behind.
pub fn find(trainer: TrainingState) {
    spawn_local(look(trainer));
}

/// The same, awaited.
pub async fn look(trainer: TrainingState) {
    let run = read(trainer).await.ok().flatten();
    let sweep = read_sweep(trainer).await.map(|sweep| sweep.count());
    if trainer.run.with_value(Option::is_none) {
        let found = run.is_some() || sweep.is_some();
        trainer.left.set(found.then(|| Left { share: run.map_or(0.0, |found| found.run.share), sweep }));
    }
}

/// A key of this place, as it stands in the store.
fn at(place: u32, key: &str) -> String {
    if place == 0 { format!("run/{key}") } else { format!("run/{place}/{key}") }
}

/// A key of this tab's place, which it claims when it first asks.
async fn key(trainer: TrainingState, key: &str) -> String {
    let claimed = trainer.place.get_value().unwrap_or_else(|| {
        place::claim(async move |place| {
            let keys = storage::get(trainer.evaluation).await.store().keys().await.unwrap_or_default();
            [KEY, SWEEP].into_iter().any(|key| keys.contains(&at(place, key)))
        })
    });
    trainer.place.set_value(Some(claimed.clone()));
    at(place::number(claimed).await, key)
}

async fn get(trainer: TrainingState, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    let key = key(trainer, name).await;
    storage::get(trainer.evaluation).await.store().get(&key).await
}

async fn read(trainer: TrainingState) -> Result<Option<Saved>, Fault> {
    let bytes = get(trainer, KEY).await?;
    let Some(bytes) = bytes else { return Ok(None) };
    let saved = postcard::from_bytes::<Saved>(&bytes).ok().filter(|saved| saved.version == VERSION);
    let unreadable =
        || Fault::new(FaultKind::File, tr("The checkpoint is of another build of this page and cannot be read."));
    saved.map(Some).ok_or_else(unreadable)
}

async fn read_sweep(trainer: TrainingState) -> Option<SweepProgress> {
    let bytes = get(trainer, SWEEP).await.ok()??;
    // One that cannot be read, or has nothing left to do, is none.
    let value: Value = serde_json::from_str(std::str::from_utf8(&bytes).ok()?).ok()?;
    let progress: SweepProgress = serde_json::from_value(value).ok()?;
    (progress.count().0 < progress.count().1).then_some(progress)
}

/// Writes a checkpoint of the run under way, if it outlives the page, in a task of its own: it takes the page some twenty
/// milliseconds, and whoever asks has taken in a round's answer.
pub fn save(trainer: TrainingState) {
    let turn = trainer.turn.get_value();
    spawn_local(async move {
        Pause::new().macrotask().await;
        if trainer.is_turn(turn) {
            save_now(trainer).await;
        }
    });
}

async fn save_now(trainer: TrainingState) {
    /// As [`Saved`], from where it is: copies would be megabytes.
    #[derive(Serialize)]
    struct Now<'a> {
        version: u32,
        fragment: &'a str,
        run: &'a Checkpoint,
    }
    let bytes = trainer.with_run(|run| {
        let saved = Now { version: VERSION, fragment: &run.context.fragment, run: run.run.checkpoint() };
        if !run.lasts() {
            return None;
        }
        let bytes = postcard::to_extend(&saved, Vec::with_capacity(run.saved)).ok()?;
        run.saved = bytes.len();
        Some(bytes)
    });
    let Some(Some(bytes)) = bytes else { return };
    let alone = !trainer.sweep.with_value(|sweep| sweep.progress.is_under_way());
    if put(trainer, KEY, &bytes).await && alone {
        // There is one thing to go on with, the newest.
        let sweep = key(trainer, SWEEP).await;
        let _ = storage::get(trainer.evaluation).await.store().delete(&sweep).await;
    }
}

/// Writes how far a sweep is.
pub fn save_sweep(trainer: TrainingState, progress: &SweepProgress) {
    let Ok(bytes) = serde_json::to_vec(progress) else { return };
    spawn_local(async move {
        put(trainer, SWEEP, &bytes).await;
    });
}

/// Writes the model of a sweep's row.
pub fn save_row(trainer: TrainingState, row: usize, model: &Trained) {
    if let Ok(bytes) = file::write(&model.kept, &model.weights) {
        spawn_local(async move {
            put(trainer, &row_key(row), &bytes).await;
        });
    }
}

fn row_key(row: usize) -> String {
    format!("{SWEEP}/{row}")
}

/// Writes what a reload needs; whether it is there. Training goes on without it, and the page says what that means.
async fn put(trainer: TrainingState, name: &str, bytes: &[u8]) -> bool {
    let key = key(trainer, name).await;
    let put = storage::get(trainer.evaluation).await.store().put(&key, bytes).await;
    match &put {
        Err(why) => trainer.unkept.set(why.training()),
        // There may be room for what is smaller, and none for the next checkpoint.
        Ok(()) if name == KEY => trainer.unkept.set(String::new()),
        Ok(()) => {}
    }
    put.is_ok()
}

/// What an earlier visit left behind, to go on with under the link that it was started from.
pub enum Resumed {
    /// A run, and its link.
    Run(String, Checkpoint),
    /// A sweep, the models of its rows, and its run under way, where that can be read.
    Sweep(SweepProgress, Vec<Option<Rc<Trained>>>, Option<Checkpoint>),
}

/// Reads what an earlier visit left behind. What cannot be read is said and forgotten.
pub async fn resumed(trainer: TrainingState) -> Option<Resumed> {
    let found = read(trainer).await;
    if let Some(progress) = read_sweep(trainer).await {
        let link = settings_with(&progress.fragment, &progress.keys()).fragment();
        // Its run can begin anew.
        let run = found.ok().flatten().filter(|run| run.fragment == link);
        let models = models(trainer, &progress).await;
        return Some(Resumed::Sweep(progress, models, run.map(|run| run.run)));
    }
    match found {
        Ok(run) => {
            if run.is_none() {
                trainer.left.set(None);
            }
            run.map(|run| Resumed::Run(run.fragment, run.run))
        }
        Err(fault) => {
            trainer.said.set(fault.message);
            forget(trainer);
            None
        }
    }
}

/// The models of the rows that are done; none for one that cannot be read.
async fn models(trainer: TrainingState, progress: &SweepProgress) -> Vec<Option<Rc<Trained>>> {
    let (settings, _) = Settings::read(&progress.fragment);
    let known = trainer.evaluation.known.get_untracked();
    let data = known.iter().find_map(|known| plan::dataset(&settings, &known.manifest));
    let mut models = Vec::new();
    for row in 0..progress.count().0 {
        let bytes = get(trainer, &row_key(row)).await.ok().flatten();
        let read = match bytes.zip(data) {
            Some((bytes, data)) => importer::own(SWEEP, bytes, data).await.ok(),
            None => None,
        };
        let trained = |(model, data): (ImportedModel, &Dataset)| {
            let weights = model.weights.clone().into();
            Rc::new(Trained { kept: Kept::imported(model, &data.id), weights })
        };
        models.push(read.zip(data).map(trained));
    }
    models
}

/// Forgets the checkpoint of a run of a sweep, whose rows stay.
pub fn forget_run(trainer: TrainingState) {
    delete(trainer, vec![KEY.to_owned()]);
}

/// Forgets what was left behind, and what there is of the run or sweep under way.
pub fn forget(trainer: TrainingState) {
    trainer.left.set(None);
    // The sweep first, at once: what begins next may write its own.
    delete(trainer, [SWEEP, KEY].map(str::to_owned).into_iter().chain((0..MOST).map(row_key)).collect());
}

fn delete(trainer: TrainingState, keys: Vec<String>) {
    spawn_local(async move {
        let model_store = storage::get(trainer.evaluation).await;
        for name in keys {
            // What cannot be deleted is offered again at the next visit.
            let _ = model_store.store().delete(&key(trainer, &name).await).await;
        }
    });
}
