//! The last run of the page, into a session file and back.

use super::state::{Closed, Phase, TrainingState};
use crate::train::record::Record;
use foolproof_core::training::Progress;
use leptos::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

/// The run that the page shows, if one is over.
pub fn taken(trainer: TrainingState) -> Option<Value> {
    let made = trainer.made.get_value()?;
    let Closed { ending, model, from, .. } = trainer.closed.get_untracked()?;
    let board = (*trainer.board.get_untracked()?).clone();
    let curve = trainer.curve.get_untracked().to_vec();
    Some(Record { ending, model, from, curve, board }.write(&made))
}

/// Shows a run of a file, with the host's `result`. `model` is the id that its model has here, if it has one.
pub fn show(trainer: TrainingState, result: Value, record: Record, model: Option<String>) {
    trainer.next_turn();
    let Record { ending, from, curve, board, .. } = record;
    let (batch, seconds) = curve.last().map_or((0, 0.0), |last| (last.batch, last.seconds));
    let images = curve.iter().map(|point| point.lesson.images).fold(0, u64::saturating_add);
    let mut made = result;
    made["model"] = json!(model);
    trainer.progress.set(Progress { share: 1.0, seconds, left: None, batch, images, paused: false });
    trainer.curve.set(curve.into());
    trainer.strip.set(None);
    trainer.rows.set((Vec::new(), Arc::new([])));
    trainer.board.set(Some(Arc::new(board)));
    trainer.closed.set(Some(Closed { ending, model, from, short: None }));
    trainer.said.set(String::new());
    trainer.made.set_value(Some(made));
    trainer.phase.set(Phase::Done);
}
