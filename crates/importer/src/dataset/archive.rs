//! A zip archive: its entries, and their bytes one at a time.

use crate::bounds::brief;
use foolproof_core::importing::dataset::MOST_FILES;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use rawzip::{CompressionMethod, ZipArchive};
use std::ops::Range;

/// An entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    /// Its path.
    pub path: String,
    /// Its length once it is unpacked, as the archive says.
    pub bytes: u64,
    place: Range<usize>,
    method: Method,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Method {
    Stored,
    Deflated,
    Other,
}

/// The entries that are files.
///
/// # Errors
/// A clause, if it is no archive, an entry lies outside it, or there are more than [`MOST_FILES`].
pub fn list(bytes: &[u8]) -> Result<Vec<Packed>, String> {
    let broken = |error: rawzip::Error| format!("it is no zip archive, or was cut off: {}", brief(&error.to_string()));
    let zip = ZipArchive::from_slice(bytes).map_err(broken)?;
    let mut found = Vec::new();
    let mut list = zip.entries();
    while let Some(entry) = list.next_entry().map_err(broken)? {
        if found.len() >= MOST_FILES {
            return Err(format!("it has more than {MOST_FILES} entries"));
        }
        let path = String::from_utf8_lossy(entry.file_path().as_ref()).replace('\\', "/");
        if path.ends_with('/') {
            continue;
        }
        let outside = || format!("its entry “{}” lies outside the file", brief(&path));
        let place = zip.get_entry(entry.wayfinder()).map_err(|_| outside())?.compressed_data_range();
        let ends = usize::try_from(place.0).ok().zip(usize::try_from(place.1).ok());
        let place = ends.filter(|(start, end)| start <= end && *end <= bytes.len()).ok_or_else(outside)?;
        let method = match entry.compression_method() {
            CompressionMethod::STORE => Method::Stored,
            CompressionMethod::DEFLATE => Method::Deflated,
            _ => Method::Other,
        };
        let bytes = entry.uncompressed_size_hint();
        found.push(Packed { path, bytes, place: place.0..place.1, method });
    }
    Ok(found)
}

/// The bytes of an entry. What it says of its length is held against `most` before memory is taken, and what comes out
/// against what it says.
///
/// # Errors
/// A clause, if it is longer than `most` or than it says, damaged, or packed otherwise than by deflate.
pub fn unpack(bytes: &[u8], entry: &Packed, most: u64) -> Result<Vec<u8>, String> {
    if entry.bytes > most {
        return Err(format!("it is longer than {} MB", most >> 20));
    }
    let packed = bytes.get(entry.place.clone()).ok_or("it lies outside the archive")?;
    let unpacked = match entry.method {
        Method::Stored => packed.to_vec(),
        Method::Deflated => decompress_to_vec_with_limit(packed, entry.bytes as usize)
            .map_err(|_| "it is damaged in the archive, or longer than the archive says")?,
        Method::Other => return Err("it is packed by a method other than deflate".into()),
    };
    if unpacked.len() as u64 == entry.bytes {
        Ok(unpacked)
    } else {
        Err(format!("it has {} bytes where the archive says {}", unpacked.len(), entry.bytes))
    }
}
