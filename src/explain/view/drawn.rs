//! An answered plane around the input, as the decision map and the loss surface draw it.

use crate::{explain::Area, i18n::tr};
use foolproof_core::protocol::{DecisionMap, ExplainJob};
use std::sync::Arc;

/// A map with its question and its areas.
#[derive(Clone, PartialEq)]
pub struct Drawn {
    /// The question.
    pub asked: Arc<ExplainJob>,
    /// The map.
    pub map: Arc<DecisionMap>,
    /// Its areas, largest first.
    pub areas: Vec<Area>,
}

impl Drawn {
    /// What lies to the right.
    pub fn along(&self) -> &'static str {
        match self.map.attacked {
            Some(_) => tr("along the attack"),
            None => tr("along the gradient"),
        }
    }
}
