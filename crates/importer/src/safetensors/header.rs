//! A safetensors file's header, with its claims checked one by one: what is wrong is told with the tensor's name.

use safetensors::Dtype;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

/// Longest header taken, in bytes; a real one has a few hundred a layer.
const LONGEST: usize = 1 << 20;
/// The entry that is no tensor.
const METADATA: &str = "__metadata__";

/// What a file says of itself.
#[derive(Debug, PartialEq)]
pub struct Header {
    /// Texts beside the tensors.
    pub metadata: HashMap<String, String>,
    /// The tensors, in the header's order.
    pub tensors: Vec<Entry>,
}

/// One tensor's entry.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
pub struct Entry {
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// The type of its numbers.
    pub dtype: Dtype,
    /// Its sizes.
    pub shape: Vec<usize>,
    data_offsets: [usize; 2],
    /// Its bytes within the whole file.
    #[serde(skip)]
    pub place: Range<usize>,
}

/// Reads and checks a file's header.
///
/// # Errors
/// A clause that names the tensor, or the bytes, that are wrong.
pub fn read(bytes: &[u8]) -> Result<Header, String> {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(format!("it has {} bytes, too few for a header", bytes.len()));
    };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    if length > LONGEST || length > rest.len() {
        let all = bytes.len();
        return Err(format!(
            "its header claims {length} bytes of the file's {all}; it is no safetensors file, or was cut off"
        ));
    }
    let (header, data) = rest.split_at(length);
    let entries: Entries = serde_json::from_slice(header).map_err(|error| format!("its header is no JSON: {error}"))?;
    let mut found = Header { metadata: HashMap::new(), tensors: Vec::new() };
    let mut names = HashSet::new();
    for (name, entry) in entries.0 {
        if !names.insert(name.clone()) {
            return Err(format!("“{name}” stands in its header twice"));
        }
        match name == METADATA {
            true => found.metadata = metadata(entry)?,
            false => found.tensors.push(tensor(name, entry, 8 + length)?),
        }
    }
    check_places(&found.tensors, 8 + length, 8 + length + data.len())?;
    Ok(found)
}

fn metadata(entry: Value) -> Result<HashMap<String, String>, String> {
    let Value::Object(pairs) = entry else { return Err("its metadata is no list of texts".into()) };
    let text = |(key, value): (String, Value)| match value {
        Value::String(text) => Ok((key, text)),
        _ => Err(format!("“{key}” in its metadata is no text")),
    };
    pairs.into_iter().map(text).collect()
}

fn tensor(name: String, entry: Value, start: usize) -> Result<Entry, String> {
    let mut tensor: Entry =
        serde_json::from_value(entry).map_err(|error| format!("what its header says of “{name}” is wrong: {error}"))?;
    let [from, to] = tensor.data_offsets;
    let bits = tensor.shape.iter().try_fold(tensor.dtype.bitsize(), |all, &size| all.checked_mul(size));
    if to.checked_sub(from).and_then(|count| count.checked_mul(8)) != bits {
        return Err(format!("“{name}” has other bytes than its shape and type ask for"));
    }
    let end = start.checked_add(to).ok_or_else(|| format!("“{name}” lies outside the file"))?;
    (tensor.name, tensor.place) = (name, start + from..end);
    Ok(tensor)
}

/// Whether the tensors lie side by side from `start` to `end`.
fn check_places(tensors: &[Entry], start: usize, end: usize) -> Result<(), String> {
    let mut sorted: Vec<&Entry> = tensors.iter().collect();
    sorted.sort_by_key(|tensor| (tensor.place.start, tensor.place.end));
    let (mut at, mut before) = (start, METADATA);
    for tensor in sorted {
        let Entry { name, place, .. } = tensor;
        if place.start < at {
            return Err(format!("“{before}” and “{name}” share bytes"));
        }
        if place.start > at {
            return Err(format!("there are {} bytes before “{name}” that no tensor has", place.start - at));
        }
        if place.end > end {
            return Err(format!("it was cut off: “{name}” ends {} bytes behind its end", place.end - end));
        }
        (at, before) = (place.end, name);
    }
    match end - at {
        0 => Ok(()),
        more => Err(format!("there are {more} bytes behind “{before}” that no tensor has")),
    }
}

/// A JSON object's entries in their order, names that stand there twice among them.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Entries, D::Error> {
        from.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut all = Vec::new();
        while let Some(entry) = map.next_entry()? {
            all.push(entry);
        }
        Ok(Entries(all))
    }
}
