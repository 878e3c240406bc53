//! The importer at work on a dataset: it reads what was chosen, and the store keeps what it tells, a file at a time.

use crate::{
    datasets::{KeptDataset, store},
    i18n::{tr, tr_heard},
    models::{ModelStore, Unwritten},
    workers::importer::Importer,
};
use foolproof_core::{
    importing::dataset::{DatasetAnswer, DatasetCard, DatasetRequest},
    protocol::{Fault, FaultKind},
};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::File;

fn missing() -> &'static str {
    tr("The program that reads data could not be loaded or failed.")
}

/// A worker that begins with these files as soon as it listens.
///
/// # Errors
/// A [`Fault`] if none can be had.
pub fn start(request: &DatasetRequest, files: &[(String, File)]) -> Result<Importer, Fault> {
    let settings = postcard::to_allocvec(request).map_err(|error| Fault::new(FaultKind::File, error.to_string()))?;
    let paths: Array = files.iter().map(|(path, _)| JsValue::from(path.as_str())).collect();
    let handles: Array = files.iter().map(|(_, file)| JsValue::from(file.clone())).collect();
    Importer::start(Array::of3(&Uint8Array::from(&settings[..]), &paths, &handles).into(), missing())
}

/// Keeps what it tells; `told` hears how many items have been read, of how many. What was kept so far is forgotten where
/// it cannot go on.
///
/// # Errors
/// A [`Fault`] if it was ended, the files are none that are taken, or the store does not keep them.
pub async fn keep(
    importer: &Importer,
    models: &ModelStore,
    name: &str,
    told: impl Fn(u32, u32),
) -> Result<(KeptDataset, DatasetCard), Fault> {
    // Files may be left of a reading that was cut short.
    store::delete(models.store(), name).await?;
    let kept = hear(importer, models, &told).await;
    if kept.is_err() {
        store::delete(models.store(), name).await?;
    }
    kept
}

async fn hear(
    importer: &Importer,
    models: &ModelStore,
    told: &impl Fn(u32, u32),
) -> Result<(KeptDataset, DatasetCard), Fault> {
    loop {
        match importer.next(missing()).await? {
            DatasetAnswer::Progress { done, total } => told(done, total),
            DatasetAnswer::File { path, bytes } => {
                models.store().put(&path, &bytes).await.map_err(Unwritten::fault)?;
            }
            DatasetAnswer::Done(card) => {
                let kept = KeptDataset::of(&card)?;
                store::keep(models.store(), &kept).await.map_err(Unwritten::fault)?;
                return Ok((kept, *card));
            }
            DatasetAnswer::Refused(fault) => return Err(Fault { message: tr_heard(&fault.message), ..fault }),
        }
    }
}
