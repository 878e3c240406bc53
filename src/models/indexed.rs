//! The browser's own storage: one IndexedDB database with one table of named bytes.

use super::{
    store::{Later, Memory, ROOTED, Store, scoped_here},
    unkept::Unwritten,
};
use foolproof_core::protocol::Fault;
use idb::{Database, DatabaseEvent, Factory, ObjectStoreParams, Transaction, TransactionMode, TransactionResult};
use js_sys::Uint8Array;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, IdbTransaction};

/// The database and its table.
const DATABASE: &str = "foolproof";
const TABLE: &str = "files";
/// What browsers call it that a page has used up its room.
const FULL: &str = "QuotaExceededError";

struct Indexed(Database);

/// The browser's storage, or memory where it is blocked: in private windows, frames of other sites, by policy.
pub async fn open() -> Rc<dyn Store> {
    match database().await {
        Ok(database) => Rc::new(database),
        Err(_) => Rc::new(Memory::default()),
    }
}

/// This copy's database. Below a path, a new one begins with what lay under the name that all copies once had.
async fn database() -> Result<Indexed, idb::Error> {
    let name = scoped_here(DATABASE);
    let (database, new) = opened(&name).await?;
    let database = Indexed(database);
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    let rooted = storage.as_ref().is_some_and(|storage| matches!(storage.get_item(ROOTED), Ok(Some(_))));
    if new && name == DATABASE {
        // Without storage there is nothing to be remembered.
        let _ = storage.map(|storage| storage.set_item(ROOTED, "1"));
    } else if new && !rooted {
        // What cannot be brought stays where it is.
        let _ = bring(&database).await;
    }
    Ok(database)
}

/// Copies what lies under the name that all copies once had. It may be another copy's too, so it also stays there.
async fn bring(to: &Indexed) -> Result<(), idb::Error> {
    let (common, new) = opened(DATABASE).await?;
    if new {
        common.close();
        return Factory::new()?.delete(DATABASE)?.await;
    }
    let from = Indexed(common);
    for key in from.list().await?.into_iter().filter_map(|key| key.as_string()) {
        let bytes = from.read(&key).await?.and_then(|value| value.dyn_into::<Uint8Array>().ok());
        if let Some(bytes) = bytes
            && to.write(&key, Some(&bytes.to_vec())).await.is_err()
        {
            break;
        }
    }
    from.0.close();
    Ok(())
}

/// A database of this name, and whether there was none before.
async fn opened(name: &str) -> Result<(Database, bool), idb::Error> {
    let new = Rc::new(Cell::new(false));
    let seen = new.clone();
    let mut request = Factory::new()?.open(name, Some(1))?;
    request.on_upgrade_needed(move |event| {
        seen.set(true);
        // What fails here fails the opening too, which falls back to memory.
        let _ = event.database().and_then(|database| database.create_object_store(TABLE, ObjectStoreParams::new()));
    });
    let mut database = request.await?;
    // A later version of the page, opened in another tab, may have it.
    database.on_version_change(|event| {
        if let Ok(database) = event.database() {
            database.close();
        }
    });
    // Some browsers open a database that they then refuse to read.
    let transaction = database.transaction(&[TABLE], TransactionMode::ReadOnly)?;
    transaction.object_store(TABLE)?.count(None)?.await?;
    Ok((database, new.get()))
}

fn refused(error: idb::Error) -> Fault {
    Unwritten::Refused(error.to_string()).fault()
}

/// Why a change is not there: what the request met with, or what the browser gave the whole transaction up for. Chromium
/// lets a request for too much room succeed, and aborts its transaction.
fn unwritten(error: Option<idb::Error>, aborted: Option<DomException>) -> Unwritten {
    let met = match &error {
        Some(idb::Error::DomException(met)) => Some(met.clone()),
        _ => None,
    };
    let causes = [aborted, met];
    if causes.iter().flatten().any(|cause| cause.name() == FULL) {
        return Unwritten::Full;
    }
    let cause = causes.into_iter().flatten().map(|cause| cause.message()).find(|why| !why.is_empty());
    Unwritten::Refused(cause.or(error.map(|error| error.to_string())).unwrap_or_else(|| "aborted".into()))
}

/// Writes bytes, or forgets them, and waits until the transaction is over.
async fn change(transaction: Transaction, key: &str, bytes: Option<&[u8]>) -> Result<TransactionResult, idb::Error> {
    let (table, key) = (transaction.object_store(TABLE)?, JsValue::from(key));
    match bytes {
        Some(bytes) => drop(table.put(&Uint8Array::from(bytes), Some(&key))?.await?),
        None => table.delete(key)?.await?,
    }
    transaction.commit()?.await
}

impl Indexed {
    async fn read(&self, key: &str) -> Result<Option<JsValue>, idb::Error> {
        let transaction = self.0.transaction(&[TABLE], TransactionMode::ReadOnly)?;
        transaction.object_store(TABLE)?.get(JsValue::from(key))?.await
    }

    async fn list(&self) -> Result<Vec<JsValue>, idb::Error> {
        let transaction = self.0.transaction(&[TABLE], TransactionMode::ReadOnly)?;
        transaction.object_store(TABLE)?.get_all_keys(None, None)?.await
    }

    /// A transaction that was aborted has changed nothing, though waiting for it is no error to the crate.
    async fn write(&self, key: &str, bytes: Option<&[u8]>) -> Result<(), Unwritten> {
        let begun = self.0.transaction(&[TABLE], TransactionMode::ReadWrite);
        // The crate's own handle goes with the waiting, and with it why the transaction was aborted.
        let handle = IdbTransaction::from(begun.map_err(|error| unwritten(Some(error), None))?);
        match change(handle.clone().into(), key, bytes).await {
            Ok(TransactionResult::Committed) => Ok(()),
            Ok(TransactionResult::Aborted) => Err(unwritten(None, handle.error())),
            Err(error) => Err(unwritten(Some(error), handle.error())),
        }
    }
}

impl Store for Indexed {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let found = self.read(key).await.map_err(refused)?;
            Ok(found.and_then(|value| value.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec()))
        })
    }

    fn put<'a>(&'a self, key: &'a str, bytes: &'a [u8]) -> Later<'a, (), Unwritten> {
        Box::pin(self.write(key, Some(bytes)))
    }

    fn delete<'a>(&'a self, key: &'a str) -> Later<'a, ()> {
        Box::pin(async move { self.write(key, None).await.map_err(Unwritten::fault) })
    }

    fn keys(&self) -> Later<'_, Vec<String>> {
        Box::pin(async move {
            let keys = self.list().await.map_err(refused)?;
            Ok(keys.into_iter().filter_map(|key| key.as_string()).collect())
        })
    }

    fn lasts(&self) -> bool {
        true
    }
}
