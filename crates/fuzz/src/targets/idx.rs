//! Data files: what is read is written as the same bytes, but for dimensions that say nothing.

use foolproof_core::idx::{images, labels, lengths, write_images, write_labels};

/// A file's bytes.
pub fn check(bytes: &[u8]) {
    if let Ok(read) = labels(bytes) {
        assert_eq!(write_labels(&read), bytes);
    }
    let Ok(read) = images(bytes) else { return };
    let written = write_images(&read);
    assert_eq!(images(&written).as_ref(), Ok(&read));
    let size: usize = read.shape.iter().product();
    // Of inputs without numbers the file does not tell how many there were.
    if let Some(count) = read.values.len().checked_div(size) {
        assert!(lengths(count, read.shape).contains(&written.len()));
        assert!(written.len() < bytes.len() || written == bytes);
    }
}
