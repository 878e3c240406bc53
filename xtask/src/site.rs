//! A folder as a web site: which file an address means, its type, its compressed form, and when it is unchanged.
//! Pure but for reading the files, so that it is tested without a socket.

use crate::files::hex;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs,
    io::Write,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::SystemTime,
};

/// A folder served below a base path.
pub struct Site {
    folder: RwLock<PathBuf>,
    base: String,
    /// What is said in place of a file that is still being built: the file's name and the text.
    pending: RwLock<Option<(&'static str, &'static str)>>,
    kept: Mutex<HashMap<PathBuf, Arc<Page>>>,
}

/// What an address gives.
pub enum Answer {
    /// A file.
    Page(Arc<Page>),
    /// The client has it already; this is its tag.
    Unchanged(String),
    /// The address lacks the base path; this is where the site is.
    Elsewhere(String),
    /// Nothing there, or nothing that may be had.
    Missing,
}

/// A file, ready to be sent.
pub struct Page {
    /// Its MIME type.
    pub kind: &'static str,
    /// Its bytes.
    pub plain: Vec<u8>,
    /// Its bytes through gzip, where that makes them fewer.
    pub gzip: Option<Vec<u8>>,
    /// Its entity tag, quotes included.
    pub tag: String,
    stamp: (SystemTime, u64),
}

impl Site {
    /// `folder`, to be found below `base`, which begins and ends with a slash.
    pub fn new(folder: &Path, base: &str) -> std::io::Result<Site> {
        let folder = RwLock::new(folder.canonicalize()?);
        Ok(Site { folder, base: base.to_owned(), pending: RwLock::default(), kept: Mutex::default() })
    }

    /// Answers with `text` while there is no file of this name.
    pub fn announce(&self, name: &'static str, text: &'static str) {
        *self.pending.write().unwrap_or_else(PoisonError::into_inner) = Some((name, text));
    }

    /// Serves another folder from now on.
    pub fn show(&self, folder: &Path) -> std::io::Result<()> {
        *self.folder.write().unwrap_or_else(PoisonError::into_inner) = folder.canonicalize()?;
        Ok(())
    }

    /// The answer to a `GET` of `address` (path and query) by a client that has the version `known`.
    pub fn answer(&self, address: &str, known: Option<&str>) -> Answer {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let Some(below) = path.strip_prefix(&self.base) else {
            let at_the_door = path == "/" || self.base.strip_suffix('/') == Some(path);
            return if at_the_door { Answer::Elsewhere(self.base.clone()) } else { Answer::Missing };
        };
        let Some(page) = self.file(below).and_then(|file| self.page(&file)).or_else(|| self.announced(below)) else {
            return Answer::Missing;
        };
        let same = known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == page.tag));
        if same { Answer::Unchanged(page.tag.clone()) } else { Answer::Page(page) }
    }

    /// What the site itself answers with where there is no file, as static hosts do.
    pub fn not_found(&self) -> Option<Arc<Page>> {
        self.file("404.html").and_then(|file| self.page(&file))
    }

    /// What is said of a file that is still being built.
    fn announced(&self, below: &str) -> Option<Arc<Page>> {
        let (name, text) = (*self.pending.read().unwrap_or_else(PoisonError::into_inner))?;
        let plain = text.as_bytes().to_vec();
        let tag = format!("\"{}\"", &hex(&Sha256::digest(&plain))[..16]);
        let stamp = (SystemTime::UNIX_EPOCH, 0);
        (below == name).then(|| Arc::new(Page { kind: kind(Path::new(name)), gzip: None, plain, tag, stamp }))
    }

    /// The file that a path below the base means, if it is inside the folder.
    fn file(&self, below: &str) -> Option<PathBuf> {
        let decoded = decode(below)?;
        if decoded.contains(['\\', '\0', ':']) {
            return None;
        }
        let relative = Path::new(&decoded);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        let folder = self.folder.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut file = folder.join(relative);
        if file.is_dir() {
            file.push("index.html");
        }
        // A link inside the folder must not lead out of it.
        file.canonicalize().ok().filter(|file| file.starts_with(&folder) && file.is_file())
    }

    fn page(&self, file: &Path) -> Option<Arc<Page>> {
        let about = fs::metadata(file).ok()?;
        let stamp = (about.modified().ok()?, about.len());
        let lock = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = lock().get(file).filter(|page| page.stamp == stamp) {
            return Some(page.clone());
        }
        let plain = fs::read(file).ok()?;
        let tag = format!("\"{}\"", &hex(&Sha256::digest(&plain))[..16]);
        let page = Arc::new(Page { kind: kind(file), gzip: gzip(&plain), plain, tag, stamp });
        lock().insert(file.to_owned(), page.clone());
        Some(page)
    }
}

/// Percent-decoded, if that is text.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Compressed, if that saves a tenth at least.
fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).ok()?;
    let bytes = encoder.finish().ok()?;
    (bytes.len() * 10 < plain.len() * 9).then_some(bytes)
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "gz" => "application/gzip",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Site};
    use std::{fs, io::Read};

    fn site(base: &str) -> (tempfile::TempDir, Site) {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("dist");
        fs::create_dir_all(folder.join("data")).unwrap();
        fs::write(home.path().join("secret"), "no").unwrap();
        fs::write(folder.join("index.html"), "<p>page".repeat(100)).unwrap();
        fs::write(folder.join("data/a b.wasm"), [0, 1, 2]).unwrap();
        let site = Site::new(&folder, base).unwrap();
        (home, site)
    }

    #[test]
    fn files_have_type_and_shorter_form() {
        let (_home, site) = site("/");
        let Answer::Page(page) = site.answer("/?build=1#x", None) else { panic!("no page") };
        assert_eq!(page.kind, "text/html; charset=utf-8");
        let mut text = String::new();
        flate2::read::GzDecoder::new(&page.gzip.as_ref().unwrap()[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text.as_bytes(), page.plain);
        let Answer::Page(page) = site.answer("/data/a%20b.wasm", None) else { panic!("no page") };
        assert_eq!((page.kind, page.gzip.is_none()), ("application/wasm", true));
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let (home, site) = site("/");
        #[cfg(unix)]
        std::os::unix::fs::symlink(home.path().join("secret"), home.path().join("dist/link")).unwrap();
        let roads =
            ["/../secret", "/%2e%2e/secret", "/data/../../secret", "//secret", "/..%2fsecret", "/..\\secret", "/link"];
        for road in roads.into_iter().chain(["/data", "/%zz", "/%", "/no"]) {
            assert!(matches!(site.answer(road, None), Answer::Missing), "{road} was answered");
        }
        assert!(home.path().join("secret").is_file());
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again_and_a_changed_one_is() {
        let (home, site) = site("/");
        let Answer::Page(page) = site.answer("/index.html", None) else { panic!("no page") };
        let known = format!("\"other\", W/{}", page.tag);
        assert!(matches!(site.answer("/index.html", Some(&known)), Answer::Unchanged(_)));
        fs::write(home.path().join("dist/index.html"), "new").unwrap();
        assert!(matches!(site.answer("/index.html", Some(&known)), Answer::Page(_)));
    }

    #[test]
    fn below_a_path_only_its_own_addresses_answer() {
        let (_home, site) = site("/course/");
        assert!(matches!(site.answer("/course/index.html", None), Answer::Page(_)));
        assert!(matches!(site.answer("/", None), Answer::Elsewhere(to) if to == "/course/"));
        assert!(matches!(site.answer("/course", None), Answer::Elsewhere(_)));
        assert!(matches!(site.answer("/index.html", None), Answer::Missing));
    }
}
