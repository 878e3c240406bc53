//! What was chosen, sorted by kind: pictures, tables, arrays. A single archive stands for what is in it.

use super::{
    Hands, Listed,
    archive::{self, Packed},
};
use crate::bounds::brief;
use foolproof_core::importing::dataset::{LONGEST_ARCHIVE, MOST_FILES};

/// Names of picture files end so.
const PICTURES: [&str; 13] =
    ["png", "jpg", "jpeg", "jfif", "gif", "webp", "bmp", "avif", "svg", "tif", "tiff", "heic", "heif"];
const TABLES: [&str; 2] = ["csv", "tsv"];
const ARCHIVES: [&str; 2] = ["zip", "npz"];
const ARRAYS: [&str; 1] = ["npy"];
/// Archives within archives that are opened: a NumPy archive in a zip.
const DEEPEST: usize = 2;

/// A file, chosen or in an archive.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Listed(usize),
    Packed(Packed),
}

/// All files by kind.
#[derive(Debug, Default)]
pub struct Files {
    /// Pictures, by path.
    pub pictures: Vec<File>,
    /// Tables.
    pub tables: Vec<File>,
    /// Arrays of NumPy.
    pub arrays: Vec<File>,
    /// How many are none of these.
    pub others: usize,
    archives: Vec<File>,
    archive: Vec<u8>,
}

/// What the items are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Pictures, a file each.
    Pictures,
    /// Arrays of them.
    Arrays,
}

impl Files {
    /// Sorts what was chosen, and opens the archive if there is nothing else.
    ///
    /// # Errors
    /// A clause, if there is too much, or an archive cannot be opened.
    pub async fn of(listed: Vec<Listed>, hands: &impl Hands) -> Result<Files, String> {
        if listed.len() > MOST_FILES {
            return Err(format!("there are more than {MOST_FILES} files"));
        }
        let file = |(at, Listed { path, bytes })| File { path, bytes, place: Place::Listed(at) };
        let mut files = Files::sorted(listed.into_iter().enumerate().map(file), Vec::new());
        for _ in 0..DEEPEST {
            let [archive] = &files.archives[..] else { break };
            if !files.pictures.is_empty() || !files.arrays.is_empty() {
                break;
            }
            let told = |why: String| format!("{}: {why}", brief(&archive.path));
            let bytes = files.bytes(archive, LONGEST_ARCHIVE, hands).await.map_err(told)?;
            let entries = archive::list(&bytes).map_err(told)?;
            let file = |packed: Packed| {
                let (path, bytes) = (packed.path.clone(), packed.bytes);
                File { path, bytes, place: Place::Packed(packed) }
            };
            files = Files::sorted(entries.into_iter().map(file), bytes);
        }
        Ok(files)
    }

    fn sorted(all: impl Iterator<Item = File>, archive: Vec<u8>) -> Files {
        let mut files = Files { archive, ..Files::default() };
        for file in all.filter(|file| !is_hidden(&file.path)) {
            let ending = file.path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
            let is = |endings: &[&str]| endings.contains(&ending.as_str());
            if is(&PICTURES) {
                files.pictures.push(file);
            } else if is(&TABLES) {
                files.tables.push(file);
            } else if is(&ARRAYS) {
                files.arrays.push(file);
            } else if is(&ARCHIVES) {
                files.archives.push(file);
            } else {
                files.others += 1;
            }
        }
        // Browsers list a folder in an order of their own.
        for list in [&mut files.pictures, &mut files.tables, &mut files.arrays] {
            list.sort_by(|a, b| a.path.cmp(&b.path));
        }
        files
    }

    /// What the items are.
    ///
    /// # Errors
    /// A clause, if there are none.
    pub fn kind(&self) -> Result<Kind, String> {
        match (self.pictures.is_empty(), self.arrays.is_empty(), self.archives.len()) {
            (false, ..) => Ok(Kind::Pictures),
            (_, false, _) => Ok(Kind::Arrays),
            (.., 2..) => Err("there is more than one archive; choose one".into()),
            _ => Err("there are no pictures in it, and no NumPy arrays".into()),
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// A clause, if it is longer than `most`, or cannot be had.
    pub async fn bytes(&self, file: &File, most: u64, hands: &impl Hands) -> Result<Vec<u8>, String> {
        match &file.place {
            _ if file.bytes > most => Err(format!("it is longer than {} MB", most >> 20)),
            Place::Packed(packed) => archive::unpack(&self.archive, packed, most),
            Place::Listed(at) => hands.bytes(*at).await,
        }
    }
}

/// Whether the system keeps it for itself: names that begin with a point, what macOS puts into archives, thumbnails.
fn is_hidden(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.any(|part| part.starts_with('.') || ["__MACOSX", "Thumbs.db", "desktop.ini"].contains(&part))
}
