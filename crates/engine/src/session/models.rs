//! The models that jobs name, and the checks of a job against them.

use crate::case::{Case, one_hot, own_answer};
use crate::upload::floats;
use crate::watch::{self, Watch};
use crate::{attacks, defences, drive::Drive, explain::NEAREST, modifiers, sequential::Sequential, target, weights};
use burn::tensor::{Device, Tensor};
use foolproof_core::architecture::Architecture;
use foolproof_core::defence;
use foolproof_core::protocol::{
    AttackJob, AttackSpec, Detected, Detection, EvaluationJob, ExplainJob, Fault, FaultKind, Inputs, Question, Sample,
    Smoothing, Target,
};
use std::collections::BTreeMap;

/// Most inputs in one job.
const LARGEST_BATCH: usize = 4096;

/// Most votes on an input: as many as it has streams of draws.
const VOTES: u32 = 1 << 20;

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

    /// Whether an attack can be carried out: its models, inputs, labels, target, attack and knobs.
    pub fn check(&self, job: &AttackJob) -> Result<(), Fault> {
        self.check_inputs(&job.models, &job.inputs)?;
        job.company.iter().try_for_each(|company| self.check_inputs(&job.models, company))?;
        self.check_detection(&job.models, job.detection.as_ref())?;
        self.check_attack(&job.models, &job.attack)
    }

    /// Whether an evaluation can be carried out.
    pub fn check_evaluation(&self, job: &EvaluationJob) -> Result<(), Fault> {
        self.check_inputs(&job.models, &job.inputs)?;
        job.crafted_on.iter().try_for_each(|inputs| self.check_inputs(&job.models, inputs))?;
        if job.inputs.labels.is_none() || job.crafted_on.as_ref().is_some_and(|inputs| inputs.labels.is_none()) {
            return Err(Fault::new(FaultKind::Input, "An evaluation needs the true class of every input."));
        }
        if let Some(Smoothing { sigma, select, draws }) = job.smoothing
            && (!(sigma > 0.0 && sigma.is_finite())
                || select == 0
                || draws == 0
                || select.saturating_add(draws) > VOTES)
        {
            return Err(Fault::new(FaultKind::Input, "Votes take noise above 0, and one copy or more for each draw."));
        }
        self.check_detection(&job.models, job.detection.as_ref())?;
        job.attacks.iter().chain(&job.radius).try_for_each(|attack| self.check_attack(&job.models, attack))
    }

    /// Whether a question about an attack can be answered.
    pub fn check_question(&self, asked: &ExplainJob) -> Result<(), Fault> {
        self.check(&asked.job)?;
        let refused = |why: &str| Err(Fault::new(FaultKind::Input, why));
        let id = &asked.job.models[0];
        match asked.question {
            Question::Answers => Ok(()),
            Question::Neighbours(references) => {
                let fits = (NEAREST + 1..asked.job.inputs.shape[0]).contains(&(references as usize));
                if fits {
                    Ok(())
                } else {
                    refused("Neighbours are sought among 6 inputs or more, for others than these.")
                }
            }
            Question::Map(side) if side % 2 == 0 || !(3..=201).contains(&side) => {
                refused("A map has an odd number of places on each side, 3 to 201.")
            }
            Question::Attributions(class) => check_label(id, &self.get(id)?, class).and(check_twin(asked)),
            Question::Detectors if asked.job.detection.is_none() => refused("There is no detector to ask."),
            Question::Map(_) | Question::Walk | Question::Detectors => check_twin(asked),
        }
    }

    fn check_detection(&self, models: &[String], detection: Option<&Detection>) -> Result<(), Fault> {
        detection.map_or(Ok(()), |detection| {
            watch::check(detection)?;
            self.check_inputs(models, &detection.references)
        })
    }

    fn check_attack(&self, models: &[String], attack: &AttackSpec) -> Result<(), Fault> {
        for id in models {
            let model = self.get(id)?;
            check_label(id, &model, attack.target.and_then(Target::class))?;
            attacks::check(attack, model.input)?;
        }
        Ok(())
    }

    fn check_inputs(&self, models: &[String], inputs: &Inputs) -> Result<(), Fault> {
        let wrong = |why: String| Err(Fault::new(FaultKind::Input, why));
        let [batch, channels, rows, columns] = inputs.shape;
        if batch == 0 || batch > LARGEST_BATCH {
            return wrong(format!("A job takes 1 to {LARGEST_BATCH} inputs, not {batch}."));
        }
        for id in models {
            let model = self.get(id)?;
            let takes = model.input;
            if takes != [channels, rows, columns] {
                return wrong(format!("Model “{id}” takes {takes:?} and gets {:?}.", inputs.shape));
            }
            check_label(id, &model, inputs.labels.iter().flatten().copied().max())?;
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

/// Whether a question is about one input and its twin.
fn check_twin(asked: &ExplainJob) -> Result<(), Fault> {
    let refused = |why: &str| Err(Fault::new(FaultKind::Input, why));
    if asked.job.inputs.shape[0] != 1 || asked.adversarial.len() != asked.job.inputs.pixels.len() {
        return refused("An explanation takes one input and its adversarial twin.");
    }
    match asked.adversarial.iter().all(|pixel| (0.0..=1.0).contains(pixel)) {
        true => Ok(()),
        false => refused("Every pixel must lie between 0 and 1."),
    }
}

/// Whether a class exists.
fn check_label(id: &str, model: &Subject, label: Option<u32>) -> Result<(), Fault> {
    let classes = model.classes as u32;
    match label.filter(|&label| label >= classes) {
        None => Ok(()),
        Some(label) => {
            let message = format!("Class {label} does not exist; model “{id}” has classes 0 to {}.", classes - 1);
            Err(Fault::new(FaultKind::Input, message))
        }
    }
}
