//! The detectors that jobs ask for, each fitted once to its model.

use super::models::Models;
use crate::watch::Watch;
use foolproof_core::protocol::{Detection, Fault, FaultKind};
use std::sync::Arc;

/// What was fitted, kept from job to job.
#[derive(Default)]
pub struct Watches {
    /// What it was fitted for.
    of: Option<Detection>,
    /// By model.
    set: Vec<(String, Arc<Watch>)>,
}

impl Watches {
    /// The detectors before a model, if a job asks for some.
    ///
    /// # Errors
    /// As [`Watch::set`], and if the model draws at random.
    pub async fn of(
        &mut self,
        models: &Models,
        model: &str,
        detection: Option<&Detection>,
    ) -> Result<Option<Arc<Watch>>, Fault> {
        let Some(detection) = detection else { return Ok(None) };
        if self.of.as_ref() != Some(detection) {
            *self = Watches { of: Some(detection.clone()), set: Vec::new() };
        }
        if let Some((_, watch)) = self.set.iter().find(|(id, _)| id == model) {
            return Ok(Some(watch.clone()));
        }
        let network = models.get(model)?.network;
        if network.is_random() {
            let why = format!("Detectors look at models that always answer alike, and “{model}” draws at random.");
            return Err(Fault::new(FaultKind::Input, why));
        }
        let watch = Arc::new(Watch::set(&network, detection, &models.device).await?);
        self.set.push((model.into(), watch.clone()));
        Ok(Some(watch))
    }
}
