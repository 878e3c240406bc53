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

/// The mark that plain names are the root's alone: it made its database itself, when names had paths already.
pub const ROOTED: &str = "foolproof-root";

/// A database's or a key's name in the browser's storage, which all pages of a host share: copies of this one below
/// different paths have different names. `path` is the page's own. At the root the name is plain, as it was everywhere
/// before.
pub fn scoped(name: &str, path: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) if !folder.is_empty() => format!("{name} {folder}/"),
        _ => name.to_owned(),
    }
}

/// [`scoped`] for the page that is open.
#[cfg(target_arch = "wasm32")]
pub fn scoped_here(name: &str) -> String {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    scoped(name, &path.unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::scoped;

    /// F36: two copies on one host.
    #[test]
    fn copies_below_different_paths_have_names_of_their_own() {
        for path in ["/", "/index.html", ""] {
            assert_eq!(scoped("foolproof", path), "foolproof");
        }
        for path in ["/x/", "/x/index.html"] {
            assert_eq!(scoped("foolproof", path), "foolproof /x/");
        }
        assert_ne!(scoped("foolproof", "/x/"), scoped("foolproof", "/x/y/"));
    }
}
