//! Where own models and checkpoints lie: named bytes, in the browser's storage or, where that is blocked, in memory.

use super::unkept::Unwritten;
use foolproof_core::protocol::Fault;
use std::{cell::RefCell, collections::BTreeMap, future::Future, pin::Pin};

/// An answer that is awaited.
pub type Later<'a, T, E = Fault> = Pin<Box<dyn Future<Output = Result<T, E>> + 'a>>;

/// Named bytes.
///
/// Every verb fails where the browser refuses: writing with the reason, all others with a [`Fault`] of one sentence.
pub trait Store {
    /// The bytes under this key, if there are any.
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Option<Vec<u8>>>;
    /// Writes bytes under this key, over those that were there. What is not kept for certain is an error.
    fn put<'a>(&'a self, key: &'a str, bytes: &'a [u8]) -> Later<'a, (), Unwritten>;
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

impl Memory {
    /// Whether there are bytes under this key.
    pub fn has(&self, key: &str) -> bool {
        self.0.borrow().contains_key(key)
    }
}

impl Store for Memory {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Option<Vec<u8>>> {
        let found = self.0.borrow().get(key).cloned();
        Box::pin(async { Ok(found) })
    }

    fn put<'a>(&'a self, key: &'a str, bytes: &'a [u8]) -> Later<'a, (), Unwritten> {
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
