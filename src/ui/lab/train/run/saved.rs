//! Checkpoints: a run survives a reload, from its last one.

use super::{UNDER_WAY, start::launch, with};
use crate::ui::texts::tr;
use crate::{
    protocol::{Fault, FaultKind},
    training,
    ui::{
        address::Settings,
        lab::{
            shelf,
            train::drill::{Drill, Left},
        },
        pool::crew,
        train::wish::Wish,
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::spawn_local;

/// Where it lies in the store.
const KEY: &str = "run/checkpoint";
/// Training time between two checkpoints, seconds.
const EVERY: f64 = 5.0;

/// A run as it lies in the store.
#[derive(Serialize, Deserialize)]
struct Saved {
    fragment: String,
    run: training::Checkpoint,
}

/// Looks whether an earlier visit left a run behind.
pub fn find(drill: Drill) {
    spawn_local(look(drill));
}

/// The same, awaited.
pub async fn look(drill: Drill) {
    let found = read(drill).await.ok().flatten();
    if UNDER_WAY.with_borrow(Option::is_none) {
        drill.left.set(found.map(|found| Left { fragment: found.fragment, share: found.run.share }));
    }
}

async fn read(drill: Drill) -> Result<Option<Saved>, Fault> {
    let bytes = shelf::get(drill.bench).await.store().get(KEY).await?;
    let unreadable =
        |_| Fault::new(FaultKind::File, tr("The checkpoint is of another build of this page and cannot be read."));
    bytes.map(|bytes| postcard::from_bytes(&bytes).map_err(unreadable)).transpose()
}

/// Writes a checkpoint if the last one is a while ago.
pub fn save_if_due(drill: Drill, turn: u32) {
    let due = with(turn, |set, run| {
        let seconds = run.checkpoint().seconds;
        // A run on points is begun again sooner than it is found.
        let due = set.points.is_none() && seconds - set.kept >= EVERY;
        if due {
            set.kept = seconds;
        }
        due
    });
    if due == Some(true) {
        save(drill, turn);
    }
}

/// Writes a checkpoint.
pub fn save(drill: Drill, turn: u32) {
    /// As [`Saved`], from where it is: copies would be megabytes.
    #[derive(Serialize)]
    struct Now<'a> {
        fragment: &'a str,
        run: &'a training::Checkpoint,
    }
    let bytes = with(turn, |set, run| {
        if set.points.is_some() {
            return None;
        }
        let saved = Now { fragment: &set.fragment, run: run.checkpoint() };
        postcard::to_allocvec(&saved).ok()
    });
    let Some(Some(bytes)) = bytes else { return };
    spawn_local(async move {
        // A run goes on without checkpoints; only a reload would cost it.
        let _ = shelf::get(drill.bench).await.store().put(KEY, &bytes).await;
    });
}

/// Goes on with the run that was left behind, under the link that it was started from.
pub fn resume(drill: Drill) {
    spawn_local(async move {
        let found = match read(drill).await {
            Ok(Some(found)) => found,
            Ok(None) => return drill.left.set(None),
            Err(fault) => {
                drill.said.set(fault.message);
                return forget(drill);
            }
        };
        let (settings, _) = Settings::read(&found.fragment);
        let known = drill.bench.known.get_untracked();
        let wish = known.and_then(|known| Wish::read(&settings, &known.manifest, &known.catalog, crew::cores()));
        let Some((wish, _)) = wish else { return };
        let keys: Vec<(String, String)> =
            settings.pairs().into_iter().filter(|(key, _)| key != "v" && key != "page").collect();
        let keys: Vec<(&str, String)> = keys.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        drill.bench.set(&keys);
        launch(drill, wish, found.fragment, false, Some(found.run));
    });
}

/// Forgets the checkpoint.
pub fn forget(drill: Drill) {
    drill.left.set(None);
    spawn_local(async move {
        // What cannot be deleted is offered again at the next visit.
        let _ = shelf::get(drill.bench).await.store().delete(KEY).await;
    });
}
