//! Files of pictures: what their first bytes say of kind and size.

use foolproof_core::picture::file_kind;

/// A file's first bytes, read as the page reads them before a browser decodes the file.
pub fn check(bytes: &[u8]) {
    let size = imagesize::blob_size(bytes);
    let kind = file_kind(bytes);
    // What has a kind by its own name is no picture that every browser decodes, and is told by that name.
    assert!(kind.is_none_or(|kind| !kind.is_empty() && !matches!(kind, "PNG" | "JPEG" | "GIF" | "WEBP")));
    if let Ok(size) = size {
        // A side is told in four bytes at most, and the page multiplies them as numbers of 64 bits.
        assert!(size.width <= u32::MAX as usize && size.height <= u32::MAX as usize, "{size:?}");
    }
}
