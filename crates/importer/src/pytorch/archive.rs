//! The archive: which entries a PyTorch file has, and where their bytes are.

use crate::bounds::brief;
use rawzip::{CompressionMethod, ZipArchive};
use std::collections::HashMap;

/// Most entries; a state dict has one a tensor and a few more.
const MOST_ENTRIES: usize = 8192;
/// Longest pickle taken, in bytes; a tensor takes about 200.
const LONGEST_PICKLE: usize = 2 << 20;

#[derive(Clone, Copy)]
struct Entry<'a> {
    data: &'a [u8],
    stored: bool,
}

/// A file's entries, their bytes in place.
pub struct Archive<'a> {
    entries: HashMap<String, Entry<'a>>,
    /// The folder that everything lies in, with its slash.
    root: String,
    /// Whether the highest byte of a number comes first.
    pub big_endian: bool,
}

impl<'a> Archive<'a> {
    /// Finds the entries.
    ///
    /// # Errors
    /// A clause that says what is wrong with the archive, or what other file it is.
    pub fn read(bytes: &'a [u8]) -> Result<Archive<'a>, String> {
        let broken =
            |error: rawzip::Error| format!("it is no PyTorch file, or was cut off: {}", brief(&error.to_string()));
        let zip = ZipArchive::from_slice(bytes).map_err(broken)?;
        let mut entries = HashMap::new();
        let mut list = zip.entries();
        while let Some(entry) = list.next_entry().map_err(broken)? {
            let path = entry.file_path();
            let name = std::str::from_utf8(path.as_ref()).map_err(|_| "an entry's name is no UTF-8 text")?.to_owned();
            let told = || format!("its entry “{}”", brief(&name));
            if entries.len() >= MOST_ENTRIES {
                return Err(format!("it has more than {MOST_ENTRIES} entries"));
            }
            let found = zip.get_entry(entry.wayfinder()).map_err(|_| format!("{} lies outside the file", told()))?;
            let range = found.compressed_data_range();
            let place = usize::try_from(range.0).ok().zip(usize::try_from(range.1).ok());
            let data = place.and_then(|(start, end)| bytes.get(start..end));
            let data = data.ok_or_else(|| format!("{} lies outside the file", told()))?;
            // Told only when it is needed: a program's sources are compressed, and have a sentence of their own.
            let stored = entry.compression_method() == CompressionMethod::STORE;
            if entries.insert(name.clone(), Entry { data, stored }).is_some() {
                return Err(format!("{} is there twice", told()));
            }
        }
        Archive::rooted(entries)
    }

    fn rooted(entries: HashMap<String, Entry<'a>>) -> Result<Archive<'a>, String> {
        let mut roots = entries.keys().filter_map(|name| name.strip_suffix("data.pkl"));
        let root = roots.find(|root| root.is_empty() || root.ends_with('/')).map(str::to_owned);
        let has = |ending: &str| entries.keys().any(|name| name.ends_with(ending));
        let Some(root) = root else {
            return Err(match has(".npy") {
                true => "it is a NumPy archive (.npz)".into(),
                false => "it has no data.pkl; it is no file that torch.save has written".into(),
            });
        };
        if entries.contains_key(&format!("{root}constants.pkl")) || has(".py") {
            return Err(
                "it is TorchScript (torch.jit.save), a program with its weights; save the state dict instead. \
                        In Python: torch.save(torch.jit.load(\"old.pt\").state_dict(), \"new.pt\")"
                    .into(),
            );
        }
        if let Some((name, _)) = entries.iter().find(|(_, entry)| !entry.stored) {
            return Err(format!("its entry “{}” is compressed, which torch.save never does", brief(name)));
        }
        let big_endian = match entries.get(&format!("{root}byteorder")).map(|entry| entry.data) {
            None | Some(b"little") => false,
            Some(b"big") => true,
            Some(_) => return Err("its entry “byteorder” is neither “little” nor “big”".into()),
        };
        Ok(Archive { entries, root, big_endian })
    }

    /// The pickle.
    ///
    /// # Errors
    /// A clause, if it is too long.
    pub fn pickle(&self) -> Result<&'a [u8], String> {
        let pickle = self.entries.get(&format!("{}data.pkl", self.root)).map_or(&[][..], |entry| entry.data);
        if pickle.len() > LONGEST_PICKLE {
            return Err(format!("its data.pkl is longer than {} MB", LONGEST_PICKLE >> 20));
        }
        Ok(pickle)
    }

    /// The bytes of a storage.
    pub fn storage(&self, key: &str) -> Option<&'a [u8]> {
        self.entries.get(&format!("{}data/{key}", self.root)).map(|entry| entry.data)
    }
}
