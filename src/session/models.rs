//! The models that jobs name, and the checks of a job against them.

use crate::architecture::Architecture;
use crate::engine::case::{Case, one_hot, own_answer};
use crate::engine::{attacks, drive::Drive, sequential::Sequential, weights};
use crate::protocol::{AttackJob, AttackSpec, EvaluationJob, Fault, FaultKind, Inputs};
use burn::tensor::{Device, Tensor, TensorData};
use std::collections::BTreeMap;

/// Most inputs in one job.
const LARGEST_BATCH: usize = 4096;

/// A model with its weights frozen, and the bytes it came from.
pub struct Model {
    /// Its layers.
    pub architecture: Architecture,
    /// Its safetensors bytes, from which the self-test makes a twin on the CPU.
    pub weights: Vec<u8>,
    /// On the session's device.
    pub network: Sequential,
}

/// All models of a session.
pub struct Models {
    /// Where they live.
    pub device: Device,
    loaded: BTreeMap<String, Model>,
}

impl Models {
    /// No models yet.
    pub fn new(device: Device) -> Models {
        Models { device, loaded: BTreeMap::new() }
    }

    /// Loads a model; an older one of the same id stays if the new one is no good.
    pub fn insert(&mut self, id: &str, architecture: Architecture, weights: Vec<u8>) -> Result<(), Fault> {
        let network = weights::load(&architecture, &weights, &self.device)
            .map_err(|fault| Fault::new(fault.kind, format!("Model “{id}”: {}", fault.message)))?;
        self.loaded.insert(id.into(), Model { architecture, weights, network });
        Ok(())
    }

    /// The model of this id.
    pub fn get(&self, id: &str) -> Result<&Model, Fault> {
        self.loaded.get(id).ok_or_else(|| Fault::new(FaultKind::Model, format!("There is no model “{id}” here.")))
    }

    /// All models, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Model)> {
        self.loaded.iter()
    }

    /// Whether an attack can be carried out: its models, inputs, labels, target, attack and knobs.
    pub fn check(&self, job: &AttackJob) -> Result<(), Fault> {
        self.check_inputs(&job.models, &job.inputs)?;
        self.check_attack(&job.models, &job.attack)
    }

    /// Whether an evaluation can be carried out.
    pub fn check_evaluation(&self, job: &EvaluationJob) -> Result<(), Fault> {
        self.check_inputs(&job.models, &job.inputs)?;
        if job.inputs.labels.is_none() {
            return Err(Fault::new(FaultKind::Input, "An evaluation needs the true class of every input."));
        }
        job.attacks.iter().chain(&job.radius).try_for_each(|attack| self.check_attack(&job.models, attack))
    }

    fn check_attack(&self, models: &[String], attack: &AttackSpec) -> Result<(), Fault> {
        for id in models {
            check_label(id, self.get(id)?, attack.target)?;
        }
        attacks::make(attack).map(|_| ())
    }

    fn check_inputs(&self, models: &[String], inputs: &Inputs) -> Result<(), Fault> {
        let wrong = |why: String| Err(Fault::new(FaultKind::Input, why));
        let [batch, channels, rows, columns] = inputs.shape;
        if batch == 0 || batch > LARGEST_BATCH {
            return wrong(format!("A job takes 1 to {LARGEST_BATCH} inputs, not {batch}."));
        }
        for id in models {
            let model = self.get(id)?;
            let takes = model.architecture.input;
            if takes != [channels, rows, columns] {
                return wrong(format!("Model “{id}” takes {takes:?} and gets {:?}.", inputs.shape));
            }
            check_label(id, model, inputs.labels.iter().flatten().copied().max())?;
        }
        // The shape equals a checked architecture's, so the product cannot overflow.
        if models.is_empty() || inputs.pixels.len() != batch * channels * rows * columns {
            return wrong("The job names no model, or its pixels do not fit its shape.".into());
        }
        if inputs.labels.as_ref().is_some_and(|labels| labels.len() != batch) {
            return wrong("There must be one label an input.".into());
        }
        if !inputs.pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)) {
            return wrong("Every pixel must lie between 0 and 1.".into());
        }
        Ok(())
    }

    /// Sets up a checked attack on one model. `first` is the number of the first input.
    pub fn begin(
        &self,
        model: &str,
        inputs: &Inputs,
        attack: &AttackSpec,
        seed: u64,
        first: u64,
    ) -> Result<Drive, Fault> {
        self.begin_keyed(model, inputs, attack, seed, (first..).take(inputs.shape[0]).collect())
    }

    /// The same with a number an input.
    pub fn begin_keyed(
        &self,
        model: &str,
        inputs: &Inputs,
        attack: &AttackSpec,
        seed: u64,
        keys: Vec<u64>,
    ) -> Result<Drive, Fault> {
        let model = self.get(model)?;
        let clean = self.upload(inputs);
        let logits = model.network.forward(clean.clone());
        let classes = model.architecture.classes;
        let truth = match &inputs.labels {
            Some(labels) => one_hot(labels, classes, &self.device),
            None => own_answer(&logits),
        };
        let case = Case { keys, ..Case::new(clean, logits, truth, seed, 0) };
        let case = match attack.target {
            Some(target) => case.toward(one_hot(&vec![target; inputs.shape[0]], classes, &self.device)),
            None => case,
        };
        let (attack, ball) = attacks::make(attack)?;
        Ok(Drive::new(model.network.clone(), case, ball, attack))
    }

    /// What a model answers on these inputs, `[batch, class]`.
    pub fn answer(&self, model: &str, inputs: &Inputs) -> Result<Tensor<2>, Fault> {
        Ok(self.get(model)?.network.forward(self.upload(inputs)))
    }

    fn upload(&self, inputs: &Inputs) -> Tensor<4> {
        Tensor::from_data(TensorData::new(inputs.pixels.clone(), inputs.shape), &self.device)
    }
}

/// Whether a class exists.
fn check_label(id: &str, model: &Model, label: Option<u32>) -> Result<(), Fault> {
    let classes = model.architecture.classes as u32;
    match label.filter(|&label| label >= classes) {
        None => Ok(()),
        Some(label) => {
            let message = format!("Class {label} does not exist; model “{id}” has classes 0 to {}.", classes - 1);
            Err(Fault::new(FaultKind::Input, message))
        }
    }
}
