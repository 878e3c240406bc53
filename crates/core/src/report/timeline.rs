//! Converts iterates, by which samples report, into steps, which people count.

use crate::protocol::Timeline;

/// Steps done at an iterate, over all runs so far. A run's start is where the one before it ended.
pub fn steps_at(timeline: &Timeline, iterate: u32) -> u32 {
    let (mut done, mut left) = (0, iterate);
    for &steps in &timeline.runs {
        if left <= steps {
            return done + left;
        }
        done += steps;
        left -= steps + 1;
    }
    done
}

/// Steps done at each of the first `count` losses that are told of a sample.
pub fn steps_of_losses(timeline: &Timeline, count: usize) -> Vec<u32> {
    let last = iterates(&timeline.runs).saturating_sub(1);
    (0..count as u32).map(|place| steps_at(timeline, place.saturating_mul(timeline.every).min(last))).collect()
}

/// An ensemble's members, each with the number of iterates until its end.
pub fn members(timeline: &Timeline) -> Vec<(&str, u32)> {
    let (mut runs, mut until) = (timeline.runs.as_slice(), 0);
    let mut end = |own: u32| {
        let (these, others) = runs.split_at((own as usize).min(runs.len()));
        runs = others;
        until += iterates(these);
        until
    };
    let ends: Vec<u32> = timeline.members.iter().map(|(_, own)| end(*own)).collect();
    timeline.members.iter().map(|(name, _)| name.as_str()).zip(ends).collect()
}

fn iterates(runs: &[u32]) -> u32 {
    runs.iter().fold(0, |sum: u32, steps| sum.saturating_add(*steps).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_its_start_and_an_iterate_a_step() {
        let timeline = Timeline { runs: vec![2, 3], every: 2, members: vec![("one".into(), 1), ("other".into(), 1)] };
        let steps: Vec<u32> = (0..8).map(|iterate| steps_at(&timeline, iterate)).collect();
        assert_eq!(steps, [0, 1, 2, 2, 3, 4, 5, 5], "the last is beyond the end");
        assert_eq!(steps_of_losses(&timeline, 4), [0, 2, 3, 5]);
        assert_eq!(members(&timeline), [("one", 3), ("other", 7)]);
    }

    #[test]
    fn nothing_told_is_nothing_claimed() {
        let none = Timeline::default();
        assert_eq!((steps_at(&none, 7), steps_of_losses(&none, 2), members(&none)), (0, vec![0, 0], Vec::new()));
    }
}
