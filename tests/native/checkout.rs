//! Where the checkout is.

use std::path::PathBuf;

/// The checkout's root, above this package.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
