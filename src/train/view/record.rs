//! The last run of the page, into a session file and back.

use super::state::{Closed, Drill, Phase};
use crate::train::record::Record;
use foolproof_core::training::Progress;
use leptos::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

/// The run that the page shows, if one is over.
pub fn taken(drill: Drill) -> Option<Value> {
    let made = drill.made.get_value()?;
    let Closed { ending, model, from } = drill.closed.get_untracked()?;
    let board = (*drill.board.get_untracked()?).clone();
    let curve = drill.curve.get_untracked().to_vec();
    Some(Record { ending, model, from, curve, board }.write(&made))
}

/// Shows a run of a file, with the host's `result`. `model` is the id that its model has here, if it has one.
pub fn show(drill: Drill, result: Value, record: Record, model: Option<String>) {
    drill.next_turn();
    let Record { ending, from, curve, board, .. } = record;
    let (batch, seconds) = curve.last().map_or((0, 0.0), |last| (last.batch, last.seconds));
    let images = curve.iter().map(|point| point.lesson.images).fold(0, u64::saturating_add);
    let mut made = result;
    made["model"] = json!(model);
    drill.progress.set(Progress { share: 1.0, seconds, left: None, batch, images, paused: false });
    drill.curve.set(curve.into());
    drill.strip.set(None);
    drill.rows.set((Vec::new(), Arc::new([])));
    drill.board.set(Some(Arc::new(board)));
    drill.closed.set(Some(Closed { ending, model, from }));
    drill.said.set(String::new());
    drill.made.set_value(Some(made));
    drill.phase.set(Phase::Done);
}
