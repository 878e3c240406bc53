//! Fewer losses of each sample: a line of a hundred points shows what one of thousands does.

use foolproof_core::protocol::{Sample, Timeline};

/// Losses kept of each sample, about.
const TRACE: u32 = 100;

/// Keeps about [`TRACE`] losses of each sample, its first and its last among them. They are thinned alike, by the length of
/// the whole attack, so that a sample which left early can be set beside one that stayed.
pub fn thin(samples: &mut [Sample], timeline: &mut Timeline) {
    let iterates: u32 = timeline.runs.iter().map(|steps| steps + 1).sum();
    let apart = iterates.div_ceil(timeline.every).div_ceil(TRACE);
    timeline.every *= apart;
    for sample in samples {
        let last = sample.loss.len().saturating_sub(1);
        let mut place = 0..;
        sample.loss.retain(|_| place.next().is_some_and(|place| place % apart as usize == 0 || place == last));
    }
}
