//! The company in which an input is judged: the first test images, and what the visitor has attacked so far.

use super::super::{
    bench::{Bench, Known},
    files::Load,
};
use crate::{
    protocol::{AttackJob, ExplainJob, Inputs, Question},
    ui::react::{effect, memo},
};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::spawn_local;

/// Test images that inputs are compared with.
const REFERENCES: usize = 500;
/// The visitor's newest inputs that are kept.
const KEPT: usize = 60;

/// Test images of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct References {
    data: String,
    /// The images with their classes.
    pub inputs: Inputs,
}

/// An input of the visitor's: the model that was attacked, which tells the dataset, and its pixels.
type Seen = (String, Arc<[f32]>);

/// Handles to the signals; copies are the same company.
#[derive(Clone, Copy)]
pub struct Company {
    bench: Bench,
    /// The dataset in force.
    data: Memo<Option<String>>,
    /// The newest test images that were brought.
    references: RwSignal<Option<Arc<References>>>,
    /// The visitor's inputs, each once, the newest last.
    seen: RwSignal<Vec<Seen>>,
}

impl Company {
    /// Brings the test images of the dataset in force whenever they are `wanted`; `failed` hears why it cannot. To be
    /// called inside a reactive owner.
    pub fn new(bench: Bench, wanted: impl Fn() -> bool + 'static, failed: impl Fn(String) + Copy + 'static) -> Company {
        let data = memo(move || bench.dataset().map(|data| data.id));
        let company = Company { bench, data, references: RwSignal::new(None), seen: RwSignal::new(Vec::new()) };
        effect(move || {
            if wanted() && company.references().is_none() {
                company.bring(failed);
            }
        });
        company
    }

    /// The test images of the dataset in force, if they are there.
    pub fn references(self) -> Option<Arc<References>> {
        let data = self.data.get()?;
        self.references.get().filter(|references| references.data == data)
    }

    /// Brings the test images.
    pub fn bring(self, failed: impl Fn(String) + 'static) {
        let Some(data) = untrack(|| self.bench.dataset()) else { return };
        let count = REFERENCES.min(data.test.iter().map(|shard| shard.count).sum());
        spawn_local(async move {
            let found = Load::new(self.bench, |_, _| ()).tests(&data, count).await;
            match found {
                Ok(inputs) => self.references.set(Some(Arc::new(References { data: data.id, inputs }))),
                Err(fault) => failed(fault.message),
            }
        });
    }

    /// Notes what was attacked.
    pub fn see(self, job: &AttackJob) {
        let Some(model) = job.models.first() else { return };
        let pixels = job.inputs.pixels.as_slice();
        self.seen.update(|seen| {
            seen.retain(|(_, known)| **known != *pixels);
            seen.push((model.clone(), pixels.into()));
            if seen.len() > KEPT {
                seen.remove(0);
            }
        });
    }

    /// How unusual everything seen is, the input of this attack last, and then its twin.
    pub fn question(self, job: AttackJob, twin: &[f32]) -> Option<ExplainJob> {
        let references = self.references()?;
        let fits = |model: &str| self.data_of(model).as_ref() == Some(&references.data);
        fits(job.models.first()?).then_some(())?;
        let Inputs { shape: [count, channels, rows, columns], pixels, .. } = &references.inputs;
        let mut pixels = pixels.clone();
        let own = job.inputs.pixels.as_slice();
        let seen = self.seen.get();
        let others = seen.iter().filter(|(model, pixels)| **pixels != *own && fits(model));
        let others = others.map(|(_, pixels)| &**pixels);
        let asked: Vec<&[f32]> = others.chain([own, twin]).collect();
        asked.iter().for_each(|asked| pixels.extend_from_slice(asked));
        let inputs = Inputs { shape: [count + asked.len(), *channels, *rows, *columns], pixels, labels: None };
        let question = Question::Neighbours(u32::try_from(*count).ok()?);
        Some(ExplainJob { job: AttackJob { inputs, ..job }, adversarial: Vec::new(), question })
    }

    /// The dataset of a model, once the models are known.
    fn data_of(self, model: &str) -> Option<String> {
        let find =
            |known: &Arc<Known>| known.manifest.models.iter().find(|one| one.id == model).map(|one| one.data.clone());
        self.bench.known.with(|known| known.as_ref().and_then(find))
    }
}
