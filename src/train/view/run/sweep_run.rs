//! The sweep under way, or the last one: how far it is, and the models of its rows.

use crate::{
    models::Kept,
    train::{
        sweep::{Over, Row, Sweep},
        sweep_progress::SweepProgress,
    },
};
use serde_json::Value;
use std::{mem, rc::Rc, sync::Arc};

/// A model that came of a run, and can be kept.
pub struct Trained {
    /// Its entry in the model store.
    pub kept: Kept,
    /// Its weights, a safetensors file.
    pub weights: Rc<[u8]>,
}

/// A sweep; one of no runs where there is none.
#[derive(Default)]
pub struct SweepRun {
    /// How far it is.
    pub progress: SweepProgress,
    /// Models of its rows.
    pub models: Vec<Option<Rc<Trained>>>,
    /// Whether it outlives the page: one of runs on points is begun again sooner than it is found.
    pub lasts: bool,
}

impl SweepRun {
    /// A sweep that has not begun, for the link that asked for it.
    pub fn new(sweep: &Sweep, fragment: String, lasts: bool) -> SweepRun {
        SweepRun { progress: SweepProgress::new(sweep, fragment), models: Vec::new(), lasts }
    }

    /// Whether it is one that has not ended.
    pub fn is_open(&self) -> bool {
        !self.progress.over.is_empty()
    }

    /// What its runs differ in, and its rows.
    pub fn rows(&self) -> (Vec<Over>, Arc<[Row]>) {
        (self.progress.over.clone(), self.progress.rows.as_slice().into())
    }

    /// Takes the next run for the one under way; whether there is one.
    pub fn step(&mut self) -> bool {
        self.progress.step()
    }

    /// Takes what came of the run under way; the place of its row.
    pub fn took(&mut self, row: impl FnOnce(Vec<String>) -> Row, result: &Value, model: Option<Rc<Trained>>) -> usize {
        if self.progress.took(row, result).is_some() {
            self.models.push(model);
        }
        self.models.len().saturating_sub(1)
    }

    /// Ends it; what the host gets of it, if it was open. The models of its rows can still be kept.
    pub fn end(&mut self) -> Option<Value> {
        let over = mem::take(&mut self.progress);
        (!over.over.is_empty()).then(|| over.result())
    }
}
