//! Kinds of files that people take for pictures and that most browsers do not decode.

/// How far a drawing's text is read for its first element.
const TEXT: usize = 1024;

/// The usual name of a file's kind, from its first bytes, if it is one that a browser may not read.
pub fn file_kind(head: &[u8]) -> Option<&'static str> {
    let brand = head.get(4..12).and_then(|box_| box_.strip_prefix(b"ftyp"));
    match brand {
        Some(b"heic" | b"heix" | b"heim" | b"hevc" | b"mif1" | b"msf1") => return Some("HEIC"),
        Some(b"avif" | b"avis") => return Some("AVIF"),
        Some(_) => return Some("MP4"),
        None => {}
    }
    let begins = |with: &[u8]| head.starts_with(with);
    if begins(b"%PDF") {
        Some("PDF")
    } else if begins(b"II*\0") || begins(b"MM\0*") {
        Some("TIFF")
    } else {
        let text = &head[..head.len().min(TEXT)];
        text.windows(4).any(|word| word == b"<svg").then_some("SVG")
    }
}

#[cfg(test)]
mod tests {
    use super::file_kind;

    #[test]
    fn a_file_is_told_by_its_first_bytes() {
        let kinds: [(&[u8], Option<&str>); 9] = [
            (b"\0\0\0\x18ftypheic\0\0", Some("HEIC")),
            (b"\0\0\0\x1cftypavif", Some("AVIF")),
            (b"\0\0\0\x1cftypisom", Some("MP4")),
            (b"%PDF-1.7", Some("PDF")),
            (b"II*\0\x08", Some("TIFF")),
            (b"<?xml version=\"1.0\"?>\n<svg xmlns=", Some("SVG")),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"no picture", None),
            (b"", None),
        ];
        for (head, kind) in kinds {
            assert_eq!(file_kind(head), kind, "{head:?}");
        }
    }
}
