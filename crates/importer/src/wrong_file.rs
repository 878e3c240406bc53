//! What a file is that is no safetensors file, by its first bytes, and how the right one is made of it.

/// Bytes looked through for the names inside an archive.
const LOOKED_AT: usize = 4096;

/// A clause that says what else this file is, with the one line that makes the right file; `None` where that is not known.
/// Nothing of it is carried out.
pub fn other(name: &str, bytes: &[u8]) -> Option<String> {
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let begins = |with: &[u8]| start.starts_with(with);
    let has = |word: &[u8]| start.windows(word.len()).any(|part| part == word);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let python =
        |what: &str, line: &str| Some(format!("{what} {}", line.replace("{name}", name).replace("{stem}", stem)));
    if begins(b"PK\x03\x04") && has(b".npy") {
        let line = "import numpy; from safetensors.numpy import save_file; \
                    save_file(dict(numpy.load(\"{name}\")), \"{stem}.safetensors\")";
        return python("it is a NumPy archive (.npz). In Python:", line);
    }
    if begins(b"\x89HDF\r\n\x1a\n") {
        let line = "from safetensors.numpy import save_file; \
                    save_file({\"0.weight\": kernel.T, \"0.bias\": bias}, \"{stem}.safetensors\")";
        return python("it is a Keras file (.h5). In Python, with its layers' arrays as PyTorch has them:", line);
    }
    if begins(b"\x93NUMPY") {
        let line = "import numpy; from safetensors.numpy import save_file; \
                    save_file({\"0.weight\": numpy.load(\"{name}\")}, \"{stem}.safetensors\")";
        return python("it is one NumPy array (.npy). In Python, with the names of all tensors:", line);
    }
    if begins(b"version https://git-lfs") {
        return Some("it is a pointer of Git LFS, not the file itself; this fetches it: git lfs pull".into());
    }
    if let Some((_, what)) = WHAT.iter().find(|(mark, _)| begins(mark)) {
        return Some((*what).into());
    }
    if page(start) {
        return Some("it is a web page; download the file itself, by the link that says “raw” or “download”".into());
    }
    if !bytes.is_empty() && text(bytes) {
        return Some("it is a text, no model".into());
    }
    None
}

/// First bytes of files that people keep beside their models.
const WHAT: [(&[u8], &str); 8] = [
    (b"\x89PNG\r\n", "it is a picture, no model"),
    (b"\xff\xd8\xff", "it is a picture, no model"),
    (b"GIF8", "it is a picture, no model"),
    (b"BM", "it is a picture, no model"),
    (b"%PDF", "it is a PDF document, no model"),
    (b"\x1f\x8b", "it is a compressed file, no model"),
    (b"7z\xbc\xaf", "it is a compressed file, no model"),
    (b"Rar!", "it is a compressed file, no model"),
];

/// Whether all of a file is words.
fn text(bytes: &[u8]) -> bool {
    let plain = |word: char| !word.is_control() || matches!(word, '\n' | '\r' | '\t');
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(plain))
}

/// Whether these are the first bytes of HTML.
fn page(start: &[u8]) -> bool {
    let text =
        String::from_utf8_lossy(start).trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).to_ascii_lowercase();
    text.starts_with("<!doctype html") || text.starts_with("<html")
}
