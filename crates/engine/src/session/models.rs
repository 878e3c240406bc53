//! The models that jobs name.

use crate::case::{Case, one_hot, own_answer};
use crate::upload::floats;
use crate::watch::Watch;
use crate::{attacks, defences, drive::Drive, modifiers, sequential::Sequential, target, weights};
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::Architecture;
use foolproof_core::defence;
use foolproof_core::protocol::{AttackSpec, Detected, Fault, FaultKind, Inputs, Sample, Target};
use std::collections::BTreeMap;

/// A model with its weights frozen, and the bytes it came from.
pub struct Model {
    /// Its layers.
    pub architecture: Architecture,
    /// Its safetensors bytes, from which the self-test makes a twin on the CPU.
    pub weights: Vec<u8>,
    /// On the session's device.
    pub network: Sequential,
}

/// What a job means by the id of a model.
pub struct Subject {
    /// One input as `[channel, row, column]`.
    pub input: [usize; 3],
    /// Number of classes.
    pub classes: usize,
    /// On the session's device, weights frozen.
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

    /// The model of this id, or the ensemble of several: ids joined by `+` answer the mean of their logits. What an id names
    /// behind its model is a defence ([`defence::of_id`]).
    ///
    /// # Errors
    /// A [`Fault`] that names the model that is missing, or says why these make no ensemble.
    pub fn get(&self, id: &str) -> Result<Subject, Fault> {
        let mut members = Vec::new();
        for member in id.split('+') {
            members.push(self.member(member)?);
        }
        let Subject { input, classes, .. } = members[0];
        let fits = |other: &Subject| other.input == input && other.classes == classes;
        let twice = id.split('+').enumerate().any(|(place, member)| id.split('+').skip(place + 1).any(|m| m == member));
        if twice || !members.iter().all(fits) {
            let why = "members of an ensemble are distinct, and take the same inputs to the same classes";
            return Err(Fault::new(FaultKind::Model, format!("“{id}” is no ensemble: {why}.")));
        }
        let mut networks: Vec<Sequential> = members.into_iter().map(|member| member.network).collect();
        let network = if networks.len() == 1 { networks.remove(0) } else { Sequential::mean_of(networks) };
        Ok(Subject { input, classes, network })
    }

    /// The model of an id behind the defences that the id names.
    fn member(&self, id: &str) -> Result<Subject, Fault> {
        let missing = || Fault::new(FaultKind::Model, format!("There is no model “{id}” here."));
        let Model { architecture, network, .. } = self.loaded.get(defence::bare(id)).ok_or_else(missing)?;
        let (list, input) = (defence::of_id(id).ok_or_else(missing)?, architecture.input);
        let defences = defences::make(&list, input)?;
        if defence::shape(&list, input) != input {
            let why = format!("“{id}” needs a network that was trained behind this defence.");
            return Err(Fault::new(FaultKind::Model, why));
        }
        Ok(Subject { input, classes: architecture.classes, network: network.clone().defended(defences) })
    }

    /// All models, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Model)> {
        self.loaded.iter()
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
        let case = self.case(model, inputs, attack.target, seed, keys)?;
        let network = self.get(model)?.network.under(modifiers::read(attack, seed)?);
        let (attack, ball) = attacks::make(attack)?;
        Ok(Drive::new(network, case, ball, attack))
    }

    /// What is attacked, and the class to leave or reach, of each input its own; checked inputs with a number each.
    pub fn case(
        &self,
        model: &str,
        inputs: &Inputs,
        target: Option<Target>,
        seed: u64,
        keys: Vec<u64>,
    ) -> Result<Case, Fault> {
        let model = self.get(model)?;
        let clean = self.upload(inputs);
        let logits = model.network.judged(&clean, &keys);
        let classes = model.classes;
        let truth = match &inputs.labels {
            Some(labels) => one_hot(labels, classes, &self.device),
            None => own_answer(&logits),
        };
        let case = Case { keys, ..Case::new(clean, logits, truth, seed, 0) };
        Ok(match target {
            Some(target) => target::aim(case, target),
            None => case,
        })
    }

    /// What a model answers on these inputs, the first of which has the number `first`, `[batch, class]`.
    pub fn answer(&self, model: &str, inputs: &Inputs, first: u64) -> Result<Tensor<2>, Fault> {
        let keys: Vec<u64> = (first..).take(inputs.shape[0]).collect();
        Ok(self.get(model)?.network.judged(&self.upload(inputs), &keys))
    }

    /// What detectors, if there are any, say of these inputs and of what became of them.
    pub async fn detected(
        &self,
        watch: Option<&Watch>,
        inputs: &Inputs,
        samples: &[Sample],
    ) -> Result<Vec<Detected>, Fault> {
        let Some(watch) = watch else { return Ok(Vec::new()) };
        let pixels = samples.iter().flat_map(|sample| sample.pixels.iter().copied()).collect();
        watch.judge(&self.upload(inputs), &floats(pixels, inputs.shape, &self.device)).await
    }

    fn upload(&self, inputs: &Inputs) -> Tensor<4> {
        floats(inputs.pixels.clone(), inputs.shape, &self.device)
    }
}
