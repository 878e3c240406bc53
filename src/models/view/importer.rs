//! Models' files that the importer reads: one worker for a file, ended with its answer.

use crate::{
    i18n::{tr, tr_heard},
    workers::importer::Importer,
};
use foolproof_core::{
    importing::{ImportAnswer, ImportRequest, ImportedModel},
    manifest::Dataset,
    protocol::{Fault, FaultKind},
};
use js_sys::Uint8Array;

/// Has a file read.
///
/// # Errors
/// A [`Fault`] if the importer cannot be had, or refuses the file.
pub async fn import(request: &ImportRequest) -> Result<ImportAnswer, Fault> {
    let missing = tr("The program that reads models' files could not be loaded or failed.");
    let bytes = postcard::to_allocvec(request).map_err(|error| Fault::new(FaultKind::File, error.to_string()))?;
    let importer = Importer::start(Uint8Array::from(&bytes[..]).into(), missing)?;
    match importer.next(missing).await? {
        ImportAnswer::Refused(fault) => Err(Fault { message: tr_heard(&fault.message), ..fault }),
        answer => Ok(answer),
    }
}

/// The request of a file for a dataset.
pub fn request(name: &str, bytes: Vec<u8>, data: &Dataset) -> ImportRequest {
    ImportRequest {
        name: name.into(),
        bytes,
        layers: None,
        names: Vec::new(),
        data: data.id.clone(),
        input: data.shape,
        classes: data.classes.len(),
        changes: Vec::new(),
    }
}

/// Has a file read that this page wrote.
///
/// # Errors
/// As [`import`], and if it has no list of layers.
pub async fn own(name: &str, bytes: Vec<u8>, data: &Dataset) -> Result<ImportedModel, Fault> {
    match import(&request(name, bytes, data)).await? {
        ImportAnswer::Model(model) => Ok(*model),
        ImportAnswer::Guessed { .. } | ImportAnswer::Matched(_) => {
            Err(Fault::new(FaultKind::Model, tr("The file has no list of layers.")))
        }
        ImportAnswer::Refused(fault) => Err(fault),
    }
}
