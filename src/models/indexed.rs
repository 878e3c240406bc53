//! The browser's own storage: one IndexedDB database with one table of named bytes.

use super::store::{Later, Memory, Store};
use crate::i18n::tr_with;
use foolproof_core::protocol::{Fault, FaultKind};
use idb::{Database, DatabaseEvent, Factory, ObjectStoreParams, TransactionMode};
use js_sys::Uint8Array;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// The database and its table.
const DATABASE: &str = "foolproof";
const TABLE: &str = "files";

struct Indexed(Database);

/// The browser's storage, or memory where it is blocked: in private windows, frames of other sites, by policy.
pub async fn open() -> Rc<dyn Store> {
    match database().await {
        Ok(database) => Rc::new(Indexed(database)),
        Err(_) => Rc::new(Memory::default()),
    }
}

async fn database() -> Result<Database, idb::Error> {
    let mut request = Factory::new()?.open(DATABASE, Some(1))?;
    request.on_upgrade_needed(|event| {
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
    Ok(database)
}

fn refused(error: idb::Error) -> Fault {
    Fault::new(FaultKind::File, tr_with("The browser's storage refused: {0}.", &[&error]))
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

    async fn write(&self, key: &str, bytes: Option<&[u8]>) -> Result<(), idb::Error> {
        let transaction = self.0.transaction(&[TABLE], TransactionMode::ReadWrite)?;
        let (table, key) = (transaction.object_store(TABLE)?, JsValue::from(key));
        match bytes {
            Some(bytes) => drop(table.put(&Uint8Array::from(bytes), Some(&key))?.await?),
            None => table.delete(key)?.await?,
        }
        transaction.commit()?.await?;
        Ok(())
    }
}

impl Store for Indexed {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let found = self.read(key).await.map_err(refused)?;
            Ok(found.and_then(|value| value.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec()))
        })
    }

    fn put<'a>(&'a self, key: &'a str, bytes: &'a [u8]) -> Later<'a, ()> {
        Box::pin(async move { self.write(key, Some(bytes)).await.map_err(refused) })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Later<'a, ()> {
        Box::pin(async move { self.write(key, None).await.map_err(refused) })
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
