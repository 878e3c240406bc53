//! The images that an input is compared with: the first test images, and what the visitor has attacked so far.

use crate::{
    attack::defence::first,
    bridge::messages::Attack,
    evaluate::{known::Known, view::state::EvaluationState},
    files::job_files::Load,
};
use crate::{
    explain::Seen,
    link::Input,
    web::reactive::{effect, memo},
};
use foolproof_core::protocol::{AttackJob, ExplainJob, Inputs, Question};
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc};
use wasm_bindgen_futures::spawn_local;

/// Test images that inputs are compared with.
const REFERENCES: usize = 500;

/// Test images of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct References {
    data: String,
    /// The images with their classes.
    pub inputs: Inputs,
}

/// Handles to the signals; copies are the same others.
#[derive(Clone, Copy)]
pub struct ReferenceImages {
    evaluation: EvaluationState,
    /// The dataset in force.
    data: Memo<Option<String>>,
    /// The newest test images that were brought.
    references: RwSignal<Option<Arc<References>>>,
    /// Datasets whose test images are on their way.
    loading: StoredValue<BTreeSet<String>>,
    /// The dataset whose test images could not be had, and why.
    failed: RwSignal<Option<(String, String)>>,
    /// The visitor's inputs.
    seen: RwSignal<Seen>,
}

impl ReferenceImages {
    /// Brings the test images of the dataset in force whenever they are `wanted`. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState, wanted: impl Fn() -> bool + 'static) -> ReferenceImages {
        let others = ReferenceImages {
            evaluation,
            data: memo(move || evaluation.dataset().map(|data| data.id)),
            references: RwSignal::new(None),
            loading: StoredValue::default(),
            failed: RwSignal::new(None),
            seen: RwSignal::new(Seen::default()),
        };
        effect(move || {
            if wanted() && others.references().is_none() {
                others.bring();
            }
        });
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
    pub fn references(self) -> Option<Arc<References>> {
        let data = self.data.get()?;
        self.references.get().filter(|references| references.data == data)
    }

    /// Why there are no test images of the dataset in force, if they could not be had.
    pub fn fault(self) -> Option<String> {
        let data = self.data.get()?;
        self.failed.get().filter(|(of, _)| *of == data).map(|(_, why)| why)
    }

    /// Brings the test images, unless they are on their way.
    pub fn bring(self) {
        let Some(data) = untrack(|| self.evaluation.dataset()) else { return };
        let begins = self.loading.try_update_value(|loading| loading.insert(data.id.clone()));
        if begins != Some(true) {
            return;
        }
        self.failed.set(None);
        let count = REFERENCES.min(data.test.iter().map(|shard| shard.count).sum());
        spawn_local(async move {
            let found = Load::new(self.evaluation, |_, _| ()).tests(&data, count).await;
            self.loading.update_value(|loading| {
                loading.remove(&data.id);
            });
            // Those of another dataset by now are brought again when they are wanted, from the browser's cache.
            if self.data.get_untracked().as_ref() == Some(&data.id) {
                match found {
                    Ok(inputs) => self.references.set(Some(Arc::new(References { data: data.id, inputs }))),
                    Err(fault) => self.failed.set(Some((data.id, fault.message))),
                }
            }
        });
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
        self.data_of(model).is_none_or(|data| self.data.get() == Some(data))
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
