//! Images of the dataset in force that are brought when they are wanted: the first of its test or of its training split.

use crate::{
    evaluate::view::state::EvaluationState,
    files::job_files::Load,
    web::reactive::{effect, memo},
};
use foolproof_core::protocol::Inputs;
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc};
use wasm_bindgen_futures::spawn_local;

/// Which images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Split {
    /// The first so many test images, which stay for the pages that show them.
    Test(usize),
    /// The first so many training images.
    Training(usize),
}

/// Images of a dataset, with their classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    /// Id of the dataset.
    pub data: String,
    /// The images.
    pub inputs: Inputs,
}

/// Handles to the signals; copies are the same images.
#[derive(Clone, Copy)]
pub struct Brought {
    evaluation: EvaluationState,
    split: Split,
    /// The dataset in force.
    data: Memo<Option<String>>,
    /// The newest images that were brought.
    newest: RwSignal<Option<Arc<Images>>>,
    /// Datasets whose images are on their way.
    loading: StoredValue<BTreeSet<String>>,
    /// The dataset whose images could not be had, and why.
    failed: RwSignal<Option<(String, String)>>,
}

impl Brought {
    /// Brings them for the dataset in force whenever they are `wanted`. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState, split: Split, wanted: impl Fn() -> bool + 'static) -> Brought {
        let data = memo(move || evaluation.dataset().map(|data| data.id));
        let (newest, failed, loading) = (RwSignal::new(None), RwSignal::new(None), StoredValue::default());
        let brought = Brought { evaluation, split, data, newest, loading, failed };
        effect(move || {
            if wanted() && brought.images().is_none() {
                brought.bring();
            }
        });
        brought
    }

    /// Id of the dataset in force.
    pub fn data(self) -> Option<String> {
        self.data.get()
    }

    /// Those of the dataset in force, if they are there.
    pub fn images(self) -> Option<Arc<Images>> {
        let data = self.data.get()?;
        self.newest.get().filter(|images| images.data == data)
    }

    /// Why there are none of the dataset in force, if they could not be had.
    pub fn fault(self) -> Option<String> {
        let data = self.data.get()?;
        self.failed.get().filter(|(of, _)| *of == data).map(|(_, why)| why)
    }

    /// Brings them, unless they are on their way.
    pub fn bring(self) {
        let Some(data) = untrack(|| self.evaluation.dataset()) else { return };
        let begins = self.loading.try_update_value(|loading| loading.insert(data.id.clone()));
        if begins != Some(true) {
            return;
        }
        self.failed.set(None);
        spawn_local(async move {
            let load = Load::new(self.evaluation, |_, _| ());
            let found = match self.split {
                Split::Test(most) => load.tests(&data, most.min(data.test.iter().map(|shard| shard.count).sum())).await,
                Split::Training(most) => load.training(&data, most).await,
            };
            self.loading.update_value(|loading| {
                loading.remove(&data.id);
            });
            // Those of another dataset by now are brought again when they are wanted, from the browser's cache.
            if self.data.get_untracked().as_ref() == Some(&data.id) {
                match found {
                    Ok(inputs) => self.newest.set(Some(Arc::new(Images { data: data.id, inputs }))),
                    Err(fault) => self.failed.set(Some((data.id, fault.message))),
                }
            }
        });
    }
}
