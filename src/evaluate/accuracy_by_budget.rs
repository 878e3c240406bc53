//! Accuracy against what an attack spends, queries or steps: the line that is drawn, and its words.

use foolproof_core::report::Accuracy;

/// Accuracy left after so many queries or steps, the first before the attack; empty if nothing fell.
pub type Falls = [(u32, Accuracy)];

/// Where an accuracy is drawn: places to the right by `right`, from 0 to 1; places upward by the share. Between two
/// falls it stays as it was; after the last one it stays to the end, as what still stands has been tried at least as
/// often. `left` is the accuracy where nothing fell.
pub fn points(falls: &Falls, left: f64, right: impl Fn(u32) -> f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (at, left) in falls {
        // Down from where it was.
        points.extend(points.last().map(|&(_, high)| (right(*at), high)));
        points.push((right(*at), left.value));
    }
    if points.is_empty() {
        points.push((0.0, left));
    }
    points.extend(points.last().map(|&(_, high)| (1.0, high)));
    points
}

/// Places from 1 to `most` at which equal distances are equal ratios.
pub fn by_ratio(most: u32) -> impl Fn(u32) -> f64 {
    move |at| f64::from(at.max(1)).ln() / f64::from(most.max(2)).ln()
}

/// Places from 0 to `most`, evenly.
pub fn evenly(most: u32) -> impl Fn(u32) -> f64 {
    move |at| f64::from(at) / f64::from(most.max(1))
}

/// The accuracy that is left after so many queries or steps; the second where nothing fell.
pub fn after(falls: &Falls, at: u32, left: Accuracy) -> Accuracy {
    falls.iter().take_while(|(fell, _)| *fell <= at).last().map_or(left, |(_, left)| *left)
}

/// Where the last input fell.
pub fn last(falls: &Falls) -> Option<u32> {
    falls.last().map(|(at, _)| *at)
}

/// The fewest queries or steps by which half of those had fallen that fell at all.
pub fn half(falls: &Falls) -> Option<u32> {
    let ((_, first), (_, last)) = falls.first().zip(falls.last())?;
    let middle = f64::midpoint(first.value, last.value);
    falls.iter().find(|(_, left)| left.value <= middle).map(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn falls(falls: &[(u32, usize)]) -> Vec<(u32, Accuracy)> {
        falls.iter().map(|(at, right)| (*at, Accuracy::of(*right, 4))).collect()
    }

    #[test]
    fn a_line_goes_down_in_steps_and_on_to_the_end() {
        let line = points(&falls(&[(0, 4), (10, 3), (100, 0)]), 0.0, by_ratio(100));
        assert_eq!(line, [(0.0, 1.0), (0.5, 1.0), (0.5, 0.75), (1.0, 0.75), (1.0, 0.0), (1.0, 0.0)]);
        assert_eq!(points(&[], 0.75, by_ratio(100)), [(0.0, 0.75), (1.0, 0.75)], "nothing fell");
        for at in
            [points(&falls(&[(0, 4), (1, 3)]), 0.75, by_ratio(1)), points(&falls(&[(0, 4), (0, 3)]), 0.75, evenly(0))]
        {
            assert!(at.iter().all(|(right, _)| right.is_finite()), "{at:?}");
        }
        let start = points(&falls(&[(0, 4), (0, 3), (5, 2)]), 0.5, evenly(10));
        assert_eq!(start[..3], [(0.0, 1.0), (0.0, 1.0), (0.0, 0.75)], "what falls at the start falls at once");
        assert_eq!(start.last(), Some(&(1.0, 0.5)));
    }

    #[test]
    fn half_of_those_that_fell_is_told() {
        let found = falls(&[(0, 4), (10, 3), (20, 2), (100, 0)]);
        assert_eq!((half(&found), last(&found)), (Some(20), Some(100)));
        let left = |at: u32| after(&found, at, Accuracy::of(3, 4)).value;
        assert_eq!([0, 15, 500].map(left), [1.0, 0.75, 0.0]);
        assert_eq!((half(&[]), last(&[])), (None, None));
    }
}
