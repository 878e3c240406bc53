//! A build's id in the addresses of its files.
//!
//! Trunk puts a hash into the names of the app's files but not of the workers', which are named at run time, nor of
//! copied scripts. Servers let browsers keep those, so a new page could start an old worker. The id, a hash of all
//! built files, goes into the page (where the supervisor reads it and adds it to a worker's address) and into the
//! workers' loaders (which add it to the files they load). The service worker gets it too, with the list of the files.

use crate::files::{files, hex};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

/// What stands in the page where the id goes.
const BLANK: &str = "unstamped-build";

/// The page's service worker, and what stands in it where the list of files goes.
const SERVICE: &str = "service.js";
const BLANK_FILES: &str = "\"unstamped-files\"";

/// Writes the id into the page, the loaders and the service worker of a fresh build, and returns it.
pub fn stamp(dist: &Path) -> Result<String> {
    let id = id(dist)?;
    write(&dist.join("index.html"), &[(BLANK, &id)])?;
    write(&dist.join(SERVICE), &[(BLANK, &id), (BLANK_FILES, &kept(dist)?)])?;
    for file in files(dist)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if let Some(worker) = name.strip_suffix("_loader.js") {
            fs::write(&file, loader(worker, &id)).with_context(|| format!("cannot write {}", file.display()))?;
        }
    }
    Ok(id)
}

/// The id of built pages.
///
/// # Errors
/// Where there are none.
pub fn read(dist: &Path) -> Result<String> {
    let page = dist.join("index.html");
    let text = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let after = text.split_once("name=\"foolproof-build\" content=\"");
    let id = after.and_then(|(_, rest)| rest.split_once('"'));
    Ok(id.with_context(|| format!("{} has no id of its build", page.display()))?.0.to_owned())
}

/// Puts words in the place of others, each of which must be there.
fn write(file: &Path, words: &[(&str, &str)]) -> Result<()> {
    let mut text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    for (blank, word) in words {
        if !text.contains(blank) {
            bail!("{} has no `{blank}`, which its source in www must have", file.display());
        }
        text = text.replace(blank, word);
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// The addresses of all files that a visit may ask for, as JSON.
fn kept(dist: &Path) -> Result<String> {
    let names = files(dist)?.into_iter().map(|file| relative(dist, &file));
    let asked: Vec<String> = names.filter(|name| name != SERVICE && !name.starts_with(['_', '.'])).collect();
    serde_json::to_string(&asked).context("the names of the built files are no text")
}

fn relative(dist: &Path, file: &Path) -> String {
    file.strip_prefix(dist).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

/// What starts a worker's program. WebKit tells no page of an `await` that fails at the top level of a worker, but of
/// what a timer throws it does, as all browsers do.
fn loader(worker: &str, id: &str) -> String {
    format!(
        "import init from \"./{worker}.js?build={id}\";\n\
         try {{\n  \
           await init({{ module_or_path: new URL(\"./{worker}_bg.wasm?build={id}\", import.meta.url) }});\n\
         }} catch (error) {{\n  \
           setTimeout(() => {{ throw error; }});\n\
         }}\n"
    )
}

fn id(dist: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files(dist)? {
        hash.update(relative(dist, &file).as_bytes());
        hash.update(Sha256::digest(fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?));
    }
    Ok(hex(&hash.finalize())[..12].to_owned())
}

#[cfg(test)]
mod tests {
    use super::{BLANK, BLANK_FILES, stamp};
    use std::fs;

    #[test]
    fn the_id_follows_the_content_and_reaches_page_and_loaders() {
        let dist = tempfile::tempdir().unwrap();
        let write = |wasm: &str| {
            fs::write(dist.path().join("index.html"), format!("<meta content={BLANK}>")).unwrap();
            fs::write(dist.path().join("service.js"), format!("[\"{BLANK}\", {BLANK_FILES}]")).unwrap();
            fs::write(dist.path().join("engine-cpu_loader.js"), "trunk's own").unwrap();
            fs::write(dist.path().join("engine-cpu_bg.wasm"), wasm).unwrap();
            stamp(dist.path()).unwrap()
        };
        let (first, again, other) = (write("one"), write("one"), write("two"));
        assert_eq!(first, again);
        assert_ne!(first, other);
        let page = fs::read_to_string(dist.path().join("index.html")).unwrap();
        assert_eq!(page, format!("<meta content={other}>"));
        let loader = fs::read_to_string(dist.path().join("engine-cpu_loader.js")).unwrap();
        assert!(loader.contains(&format!("./engine-cpu.js?build={other}")));
        assert!(loader.contains(&format!("./engine-cpu_bg.wasm?build={other}")));
        assert!(loader.contains("throw error"), "a page hears of what fails here in every browser");
        let service = fs::read_to_string(dist.path().join("service.js")).unwrap();
        let kept = ["engine-cpu_bg.wasm", "engine-cpu_loader.js", "index.html"];
        assert_eq!(serde_json::from_str::<serde_json::Value>(&service).unwrap(), serde_json::json!([other, kept]));
    }

    #[test]
    fn a_page_without_the_blank_is_refused() {
        let dist = tempfile::tempdir().unwrap();
        fs::write(dist.path().join("index.html"), "<p>").unwrap();
        assert!(stamp(dist.path()).unwrap_err().to_string().contains(BLANK));
    }

    #[test]
    fn the_sources_have_the_blanks() {
        assert!(include_str!("../../www/index.html").contains(BLANK));
        assert!(include_str!("../../www/service.js").contains(BLANK_FILES));
    }
}
