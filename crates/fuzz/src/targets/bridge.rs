//! Messages between page and lab: what is read is written and read as the same, and of what is lost the number is told.

use foolproof::bridge::messages::{Lost, ToLab, ToPage};

/// A message's bytes, taken for one of either side.
pub fn check(bytes: &[u8]) {
    let lost = Lost::of(bytes);
    if let Ok(message) = ToLab::read(bytes) {
        let waits = match &message {
            ToLab::Ask { id, .. } => Some(Lost::Question(*id)),
            ToLab::Answer { id, .. } => Some(Lost::Answer(*id)),
            _ => None,
        };
        let written = message.write().expect("there is memory");
        // By their bytes, since some numbers are none and equal nothing.
        let again = ToLab::read(&written).and_then(|again| again.write());
        assert_eq!((waits, again), (lost, Ok(written)));
    }
    if let Ok(message) = ToPage::read(bytes) {
        let waits = match &message {
            ToPage::Ask { id, .. } => Some(Lost::Question(*id)),
            ToPage::Answer { id, .. } => Some(Lost::Answer(*id)),
            _ => None,
        };
        let written = message.write().expect("there is memory");
        let again = ToPage::read(&written).and_then(|again| again.write());
        assert_eq!((waits, again), (lost, Ok(written)));
    }
}
