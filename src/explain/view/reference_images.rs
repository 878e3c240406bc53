//! The images that an input is compared with: the first test images, and what the visitor has attacked so far.

use super::brought::{Brought, Images, Split};
use crate::{
    attack::defence::first,
    bridge::messages::Attack,
    evaluate::{known::Known, view::state::EvaluationState},
    explain::Seen,
    link::Input,
    web::reactive::{effect, memo},
};
use foolproof_core::protocol::{AttackJob, ExplainJob, Inputs, Question};
use leptos::prelude::*;
use std::sync::Arc;

/// Test images that inputs are compared with.
const REFERENCES: usize = 500;

/// Handles to the signals; copies are the same others.
#[derive(Clone, Copy)]
pub struct ReferenceImages {
    evaluation: EvaluationState,
    tests: Brought,
    /// The visitor's inputs.
    seen: RwSignal<Seen>,
}

impl ReferenceImages {
    /// Brings the test images of the dataset in force whenever they are `wanted`. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState, wanted: impl Fn() -> bool + 'static) -> ReferenceImages {
        let tests = Brought::new(evaluation, Split::Test(REFERENCES), wanted);
        let others = ReferenceImages { evaluation, tests, seen: RwSignal::new(Seen::default()) };
        let blank =
            |input: &Input| matches!(input, Input::Draw(drawing) if drawing.pixels().iter().all(|&ink| ink == 0));
        let is_blank = memo(move || evaluation.settings.with(|settings| blank(&settings.input)));
        effect(move || {
            if is_blank.get() {
                others.seen.update(Seen::wipe);
            }
        });
        others
    }

    /// The test images of the dataset in force, if they are there.
    pub fn references(self) -> Option<Arc<Images>> {
        self.tests.images()
    }

    /// Why there are no test images of the dataset in force, if they could not be had.
    pub fn fault(self) -> Option<String> {
        self.tests.fault()
    }

    /// Brings the test images, unless they are on their way.
    pub fn bring(self) {
        self.tests.bring();
    }

    /// Notes what was attacked.
    pub fn see(self, Attack { job, penned, .. }: &Attack) {
        if let Some(model) = first(job) {
            // Nobody told the class of a drawing.
            self.seen.update(|seen| seen.note(model, &job.inputs.pixels, job.inputs.labels.is_none(), *penned));
        }
    }

    /// Whether a model is not of another dataset than the one in force, whose classes have other names.
    pub fn knows(self, model: &str) -> bool {
        self.data_of(model).is_none_or(|data| self.tests.data() == Some(data))
    }

    /// How unusual everything seen is, the input of this attack last, and then its twin.
    pub fn question(self, job: AttackJob, twin: &[f32]) -> Option<ExplainJob> {
        let references = self.references()?;
        let fits = |model: &str| self.data_of(model).as_ref() == Some(&references.data);
        fits(first(&job)?).then_some(())?;
        let Inputs { shape: [count, channels, rows, columns], pixels, .. } = &references.inputs;
        let mut pixels = pixels.clone();
        let own = job.inputs.pixels.as_slice();
        let seen = self.seen.get();
        let others = seen.iter().filter(|(model, pixels)| *pixels != own && fits(model)).map(|(_, pixels)| pixels);
        let asked: Vec<&[f32]> = others.chain([own, twin]).collect();
        asked.iter().for_each(|asked| pixels.extend_from_slice(asked));
        let inputs = Inputs { shape: [count + asked.len(), *channels, *rows, *columns], pixels, labels: None };
        let question = Question::Neighbours(u32::try_from(*count).ok()?);
        Some(ExplainJob {
            job: AttackJob { inputs, company: None, detection: None, ..job },
            adversarial: Vec::new(),
            question,
        })
    }

    /// The dataset of a model, once the models are known.
    fn data_of(self, model: &str) -> Option<String> {
        let find =
            |known: &Arc<Known>| known.manifest.models.iter().find(|one| one.id == model).map(|one| one.data.clone());
        self.evaluation.known.with(|known| known.as_ref().and_then(find))
    }
}
