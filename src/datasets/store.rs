//! Own datasets in the store of own models: `data/<name>` is a card, `data/<name>/…` its files.

use super::KeptDataset;
use crate::{
    i18n::{tr, tr_with},
    models::{Kept, ModelStore, Unwritten, fit, store::Store},
};
use foolproof_core::{
    manifest::digest,
    protocol::{Fault, FaultKind},
};

/// What stands before the keys of datasets.
const KEYS: &str = "data/";
/// Most datasets kept.
pub const MOST: usize = 20;

fn card_key(name: &str) -> String {
    format!("{KEYS}{name}")
}

fn missing(name: &str) -> Fault {
    Fault::new(FaultKind::File, tr_with("This browser does not keep data “{0}”.", &[&name]))
}

/// Every dataset, by name. Cards that cannot be read are left out.
///
/// # Errors
/// A [`Fault`] if the store cannot be read.
pub async fn list(store: &dyn Store) -> Result<Vec<KeptDataset>, Fault> {
    let mut found: Vec<KeptDataset> = Vec::new();
    for key in store.keys().await? {
        if key.strip_prefix(KEYS).is_none_or(|name| name.contains('/')) {
            continue;
        }
        let card = store.get(&key).await?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        found.extend(card);
    }
    found.sort_by(|a, b| a.dataset.name.cmp(&b.dataset.name));
    Ok(found)
}

/// The name under which a new dataset can be kept: as links can carry it, and with a number where there is one already.
///
/// # Errors
/// A [`Fault`] if the store cannot be read, or keeps as many as it may.
pub async fn free(store: &dyn Store, name: &str) -> Result<String, Fault> {
    let known = list(store).await?;
    if known.len() >= MOST {
        let full = tr_with("This browser keeps {0} datasets already; delete one first.", &[&MOST]);
        return Err(Fault::new(FaultKind::File, full));
    }
    let name = if name.trim().is_empty() { "data".to_owned() } else { fit(name) };
    Ok(free_beside(&known, &name))
}

/// Keeps a dataset whose files are there already.
///
/// # Errors
/// Why the store has not written it.
pub async fn keep(store: &dyn Store, kept: &KeptDataset) -> Result<(), Unwritten> {
    let card = serde_json::to_vec(kept).map_err(|error| Unwritten::Refused(error.to_string()))?;
    store.put(&card_key(&kept.dataset.name), &card).await
}

/// A file of a dataset.
///
/// # Errors
/// A [`Fault`] if it is not there, or not what it was.
pub async fn file(store: &dyn Store, kept: &KeptDataset, path: &str) -> Result<Vec<u8>, Fault> {
    let name = &kept.dataset.name;
    let known = kept.files().find(|file| file.path == path).ok_or_else(|| missing(name))?;
    let bytes = store.get(path).await?.ok_or_else(|| missing(name))?;
    if digest(&bytes) == known.sha256 {
        return Ok(bytes);
    }
    let why = tr("its content is not what the page expects (SHA-256)");
    Err(Fault::new(FaultKind::File, tr_with("{0} cannot be used: {1}.", &[&path, &why])))
}

/// Forgets a dataset: first its card, without which its files are nothing; also files that a reading that was cut short
/// has left.
///
/// # Errors
/// A [`Fault`] if the store cannot be written.
pub async fn delete(store: &dyn Store, name: &str) -> Result<(), Fault> {
    store.delete(&card_key(name)).await?;
    let files = format!("{KEYS}{name}/");
    for key in store.keys().await?.into_iter().filter(|key| key.starts_with(&files)) {
        store.delete(&key).await?;
    }
    Ok(())
}

/// Gives a dataset another name, and tells the models that are for it; the name that it has now.
///
/// # Errors
/// A [`Fault`] if it is not there, or cannot be written.
pub async fn rename(models: &ModelStore, name: &str, to: &str) -> Result<String, Fault> {
    let store = models.store();
    let known = list(store).await?;
    let kept = known.iter().find(|kept| kept.dataset.name == name).ok_or_else(|| missing(name))?;
    if fit(to) == name {
        return Ok(name.into());
    }
    let renamed = kept.renamed(&free_beside(&known, &fit(to)));
    for (from, to) in kept.files().zip(renamed.files()) {
        let bytes = file(store, kept, &from.path).await?;
        store.put(&to.path, &bytes).await.map_err(Unwritten::fault)?;
    }
    keep(store, &renamed).await.map_err(Unwritten::fault)?;
    let (own, _) = models.list().await;
    for model in own.into_iter().filter(|model| model.data == kept.dataset.id) {
        models.write_card(&Kept { data: renamed.dataset.id.clone(), ..model }).await?;
    }
    delete(store, name).await?;
    Ok(renamed.dataset.name)
}

/// This name, or the first of `name-2`, `name-3`, ... that is free.
fn free_beside(known: &[KeptDataset], name: &str) -> String {
    let taken = |name: &str| known.iter().any(|kept| kept.dataset.name == name);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}
