//! Accuracy against queries as a line: what is drawn of it and what is said.

use crate::report::AttackFigures;

/// Where an accuracy is drawn: places to the right by the logarithm of the queries, up to `most` of them; places upward
/// by the share. Between two falls it stays as it was; after the last one it stays to the end, as what still stands has
/// been asked about at least as often.
pub fn points(figures: &AttackFigures, most: u32) -> Vec<(f64, f64)> {
    let right = |queries: u32| f64::from(queries.max(1)).ln() / f64::from(most.max(2)).ln();
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (queries, left) in &figures.by_queries {
        // Down from where it was.
        points.extend(points.last().map(|&(_, high)| (right(*queries), high)));
        points.push((right(*queries), left.value));
    }
    if points.is_empty() {
        points.push((0.0, figures.accuracy.value));
    }
    points.extend(points.last().map(|&(_, high)| (1.0, high)));
    points
}

/// The queries at which the last input fell.
pub fn last(figures: &AttackFigures) -> Option<u32> {
    figures.by_queries.last().map(|(queries, _)| *queries)
}

/// The fewest queries by which half of those had fallen that fell at all.
pub fn half(figures: &AttackFigures) -> Option<u32> {
    let ((_, first), (_, last)) = figures.by_queries.first().zip(figures.by_queries.last())?;
    let middle = f64::midpoint(first.value, last.value);
    figures.by_queries.iter().find(|(_, left)| left.value <= middle).map(|(queries, _)| *queries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Accuracy;

    fn figures(by_queries: &[(u32, usize)]) -> AttackFigures {
        let by_queries: Vec<(u32, Accuracy)> =
            by_queries.iter().map(|(queries, right)| (*queries, Accuracy::of(*right, 4))).collect();
        let accuracy = by_queries.last().map_or(Accuracy::of(3, 4), |(_, left)| *left);
        let (loss, millis) = (Vec::new(), 0.0);
        AttackFigures { attack: 0, accuracy, queries: None, by_queries, distance: None, blind: 0, loss, millis }
    }

    #[test]
    fn a_line_goes_down_in_steps_and_on_to_the_end() {
        let line = points(&figures(&[(0, 4), (10, 3), (100, 0)]), 100);
        assert_eq!(line, [(0.0, 1.0), (0.5, 1.0), (0.5, 0.75), (1.0, 0.75), (1.0, 0.0), (1.0, 0.0)]);
        assert_eq!(points(&figures(&[]), 100), [(0.0, 0.75), (1.0, 0.75)], "nothing fell");
        assert!(points(&figures(&[(0, 4), (1, 3)]), 1).iter().all(|(right, _)| right.is_finite()));
    }

    #[test]
    fn half_of_those_that_fell_is_told() {
        let found = figures(&[(0, 4), (10, 3), (20, 2), (100, 0)]);
        assert_eq!((half(&found), last(&found)), (Some(20), Some(100)));
        assert_eq!((half(&figures(&[])), last(&figures(&[]))), (None, None));
    }
}
