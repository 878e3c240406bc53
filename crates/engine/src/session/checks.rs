//! The checks of a job before it begins: models, inputs, attacks, and what else it asks for.

use super::models::{Models, Subject};
use crate::{attacks, explain::NEAREST, watch};
use foolproof_core::protocol::{
    AttackJob, AttackSpec, Detection, EvaluationJob, ExplainJob, Fault, FaultKind, Inputs, Question, Smoothing, Target,
};

/// Most inputs in one job.
const LARGEST_BATCH: usize = 4096;

/// Most votes on an input: as many as it has streams of draws.
const VOTES: u32 = 1 << 20;

impl Models {
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
        job.smoothing.iter().try_for_each(check_votes)?;
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
            Question::Certificate(_) if asked.job.inputs.shape[0] != 1 => refused("A certificate is of one input."),
            Question::Certificate(smoothing) => check_votes(&smoothing),
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

/// Whether votes on noisy copies can be counted.
fn check_votes(Smoothing { sigma, select, draws }: &Smoothing) -> Result<(), Fault> {
    let counted = *select > 0 && *draws > 0 && select.saturating_add(*draws) <= VOTES;
    if *sigma > 0.0 && sigma.is_finite() && counted {
        return Ok(());
    }
    Err(Fault::new(FaultKind::Input, "Votes take noise above 0, and one copy or more for each draw."))
}
