//! Where own models and checkpoints lie: named bytes, in the browser's storage or, where that is blocked, in memory.

use foolproof_core::protocol::Fault;
use std::{cell::RefCell, collections::BTreeMap, future::Future, pin::Pin};

/// An answer that is awaited.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + 'a>>;

/// Named bytes.
///
/// Every verb fails with a [`Fault`] of one sentence where the browser refuses.
pub trait Store {
    /// The bytes under this key, if there are any.
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Option<Vec<u8>>>;
    /// Writes bytes under this key, over those that were there.
    fn put<'a>(&'a self, key: &'a str, bytes: &'a [u8]) -> Later<'a, ()>;
    /// Forgets this key.
    fn delete<'a>(&'a self, key: &'a str) -> Later<'a, ()>;
    /// Every key.
    fn keys(&self) -> Later<'_, Vec<String>>;
    /// Whether it is still there when the page is opened again.
    fn lasts(&self) -> bool;
}

/// Bytes that are gone with the page.
#[derive(Default)]
pub struct Memory(RefCell<BTreeMap<String, Vec<u8>>>);

impl Store for Memory {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Option<Vec<u8>>> {
        let found = self.0.borrow().get(key).cloned();
        Box::pin(async { Ok(found) })
    }

    fn put<'a>(&'a self, key: &'a str, bytes: &'a [u8]) -> Later<'a, ()> {
        self.0.borrow_mut().insert(key.into(), bytes.into());
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Later<'a, ()> {
        self.0.borrow_mut().remove(key);
        Box::pin(async { Ok(()) })
    }

    fn keys(&self) -> Later<'_, Vec<String>> {
        let keys = self.0.borrow().keys().cloned().collect();
        Box::pin(async { Ok(keys) })
    }

    fn lasts(&self) -> bool {
        false
    }
}
