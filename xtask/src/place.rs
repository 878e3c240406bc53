//! Where things are: the checkout, and the project's own cache of tools and compiled dependencies.

use anyhow::{Context, Result};
use std::{
    env,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

/// The checkout and the cache.
pub struct Place {
    /// The checkout's root.
    pub root: PathBuf,
    /// The project's cache: `foolproof/` in the user's cache folder, or in `target/` where that is not to be written.
    pub cache: PathBuf,
}

impl Place {
    /// Finds both, and makes the cache's folder.
    pub fn find() -> Result<Place> {
        // Cargo sets the variable at run time; the compiled-in value would be another checkout's after a move.
        let own = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = own.parent().context("xtask has no folder above it")?.to_owned();
        let fallback = root.join("target").join("foolproof-cache");
        let cache = match user_cache().filter(|folder| writable(folder)) {
            Some(folder) => folder,
            None => {
                fs::create_dir_all(&fallback)
                    .with_context(|| format!("cannot make the cache folder {}", fallback.display()))?;
                println!("No cache folder of the user's can be written; using {} instead.", fallback.display());
                fallback
            }
        };
        Ok(Place { root, cache })
    }

    /// Installed programs, in `bin/` below it.
    pub fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// Cargo's target folder for native builds. It is apart from the web's so that neither waits for the other's lock.
    pub fn target(&self) -> PathBuf {
        self.cache.join("target")
    }

    /// Cargo's target folder for wasm32 builds.
    pub fn target_web(&self) -> PathBuf {
        self.cache.join("target-web")
    }

    /// Packages from npm.
    pub fn node(&self) -> PathBuf {
        self.cache.join("node")
    }

    /// Downloaded data.
    pub fn data(&self) -> PathBuf {
        self.cache.join("data")
    }

    /// Waits until no other `cargo xtask` sets up or builds, then keeps others waiting until the file is dropped.
    pub fn lock(&self) -> Result<File> {
        let path = self.cache.join("lock");
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                println!("Waiting for another `cargo xtask` to finish.")
            }
            Err(TryLockError::Error(_)) => {
                // Some network file systems have no locks; two builds at once are then the user's to avoid.
                return Ok(file);
            }
        }
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        Ok(file)
    }
}

fn user_cache() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .or_else(|| absolute("LOCALAPPDATA"))?;
    Some(base.join("foolproof"))
}

fn writable(folder: &Path) -> bool {
    let probe = folder.join(format!("probe-{}", std::process::id()));
    fs::create_dir_all(folder).is_ok() && fs::write(&probe, "").is_ok() && fs::remove_file(&probe).is_ok()
}

#[cfg(test)]
mod tests {
    use super::writable;

    #[test]
    fn a_folder_under_a_file_is_not_writable() {
        let base = tempfile::tempdir().unwrap();
        assert!(writable(&base.path().join("new")));
        let file = base.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(!writable(&file.join("below")));
    }
}
