//! The curve of a run, kept short.

use super::judge::Examination;
use crate::protocol::Lesson;
use serde::{Deserialize, Serialize};

/// Most points kept.
const LONGEST: usize = 512;

/// What some rounds in a row showed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Batches of each replica at its end.
    pub batch: u64,
    /// Seconds of the run at its end.
    pub seconds: f64,
    /// Means over the rounds; rate and radius are the last.
    pub lesson: Lesson,
    /// What an examination at its end showed.
    pub examination: Option<Examination>,
}

/// Points in order, each of as many rounds as keep the curve short.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The points.
    pub points: Vec<Point>,
    /// Rounds a point, and rounds in the last one.
    each: u32,
    last: u32,
}

impl Curve {
    /// Adds a round, to the last point unless that is full.
    pub fn add(&mut self, point: Point) {
        self.each = self.each.max(1);
        match self.points.last_mut() {
            Some(last) if self.last < self.each && last.examination.is_none() => {
                *last = joined(last, self.last, &point, 1);
                self.last += 1;
            }
            _ => {
                self.points.push(point);
                self.last = 1;
            }
        }
        if self.points.len() > LONGEST {
            self.halve();
        }
    }

    /// Notes an examination of the model that the last point ends with.
    pub fn examined(&mut self, found: Examination) {
        if let Some(last) = self.points.last_mut() {
            last.examination = Some(found);
        }
    }

    /// Joins points in pairs, but never over an examination.
    fn halve(&mut self) {
        let mut kept: Vec<Point> = Vec::new();
        let mut open = false;
        for point in &self.points {
            match kept.last_mut() {
                Some(last) if open && last.examination.is_none() => {
                    *last = joined(last, 1, point, 1);
                    open = false;
                }
                _ => {
                    kept.push(*point);
                    open = true;
                }
            }
        }
        (self.points, self.each, self.last) = (kept, 2 * self.each, 2 * self.each);
    }
}

/// Two points as one, `one` of so many rounds and `two` of so many.
fn joined(one: &Point, ones: u32, two: &Point, twos: u32) -> Point {
    let share = twos as f32 / (ones + twos) as f32;
    let mean = |one: f32, two: f32| one + share * (two - one);
    let lesson = Lesson {
        loss: mean(one.lesson.loss, two.lesson.loss),
        right: mean(one.lesson.right, two.lesson.right),
        gradient: mean(one.lesson.gradient, two.lesson.gradient),
        images: one.lesson.images + two.lesson.images,
        millis: one.lesson.millis + two.lesson.millis,
        ..two.lesson
    };
    Point { lesson, ..*two }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Accuracy;

    #[test]
    fn a_long_curve_stays_short_and_keeps_its_ends_and_examinations() {
        let mut curve = Curve::default();
        for batch in 1..=5000u64 {
            let lesson = Lesson { loss: 2.0, images: 10, ..Lesson::default() };
            curve.add(Point { batch, seconds: batch as f64, lesson, examination: None });
            if batch % 500 == 0 {
                let all = Accuracy::of(1, 1);
                curve.examined(Examination { clean: all, robust: all, single: all });
            }
        }
        let points = &curve.points;
        assert!(points.len() <= LONGEST && points.len() > LONGEST / 4, "{}", points.len());
        let examined: Vec<u64> = points.iter().filter(|p| p.examination.is_some()).map(|p| p.batch).collect();
        assert_eq!(examined, (1..=10).map(|tenth| 500 * tenth).collect::<Vec<_>>());
        assert_eq!(points.iter().map(|point| point.lesson.images).sum::<u64>(), 50_000);
        assert!(points.iter().all(|point| point.lesson.loss == 2.0));
        assert!(points.windows(2).all(|pair| pair[0].batch < pair[1].batch));
    }

    /// A round whose figures are its number.
    fn round(batch: u64) -> Point {
        let value = batch as f32;
        let lesson = Lesson {
            loss: value,
            right: 2.0 * value,
            gradient: 3.0 * value,
            rate: batch as f64,
            eps: value,
            images: 10,
            millis: 5.0,
        };
        Point { batch, seconds: 0.5 * batch as f64, lesson, examination: None }
    }

    /// What the rounds from after one to the other must be as a point.
    fn mean(after: u64, until: u64) -> Point {
        let (rounds, middle) = (until - after, (after + 1 + until) as f32 / 2.0);
        let last = round(until);
        let lesson = Lesson {
            loss: middle,
            right: 2.0 * middle,
            gradient: 3.0 * middle,
            images: 10 * rounds,
            millis: 5.0 * rounds as f64,
            ..last.lesson
        };
        Point { lesson, ..last }
    }

    /// How many points there are after each number of rounds.
    fn lengths(curve: &mut Curve, rounds: std::ops::RangeInclusive<u64>) -> Vec<usize> {
        let add = |batch| {
            curve.add(round(batch));
            curve.points.len()
        };
        rounds.map(add).collect()
    }

    #[test]
    fn a_point_holds_twice_the_rounds_each_time_the_curve_is_full() {
        let mut curve = Curve::default();
        assert_eq!(lengths(&mut curve, 1..=512), Vec::from_iter(1..=512), "each round is a point");
        assert_eq!(lengths(&mut curve, 513..=517), [257, 258, 258, 259, 259], "then every two are");
        assert_eq!(lengths(&mut curve, 518..=1023).last(), Some(&512), "as long as it may be");
        assert_eq!(lengths(&mut curve, 1024..=1029), [257, 258, 258, 258, 258, 259], "every four");
        assert_eq!(lengths(&mut curve, 1030..=2044).last(), Some(&512));
        let eight: Vec<usize> = [&[257][..], &[258; 8], &[259]].concat();
        assert_eq!(lengths(&mut curve, 2045..=2054), eight, "every eight");
    }

    #[test]
    fn a_point_with_an_examination_is_closed() {
        let mut curve = Curve::default();
        lengths(&mut curve, 1..=514);
        let all = Accuracy::of(1, 1);
        curve.examined(Examination { clean: all, robust: all, single: all });
        assert_eq!(lengths(&mut curve, 515..=517), [259, 259, 260], "the last round before it stays alone");
        assert_eq!(curve.points[257].lesson, round(514).lesson);
        assert!(curve.points[257].examination.is_some() && curve.points[258].examination.is_none());
    }

    #[test]
    fn a_point_is_the_mean_of_its_rounds_and_their_sum_where_they_are_counted() {
        let mut curve = Curve::default();
        lengths(&mut curve, 1..=512);
        assert!(curve.points.iter().enumerate().all(|(at, point)| *point == round(at as u64 + 1)));
        lengths(&mut curve, 513..=1023);
        let ends: Vec<u64> = curve.points.iter().map(|point| point.batch).collect();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        for ((after, until), point) in starts.zip(ends.iter().copied()).zip(&curve.points) {
            assert_eq!(*point, mean(after, until), "rounds {} to {until}", after + 1);
        }
        // Of four rounds, one joined after another.
        lengths(&mut curve, 1024..=1032);
        let [.., four, last] = &curve.points[..] else { panic!("{}", curve.points.len()) };
        for (point, wanted) in [(four, mean(1024, 1028)), (last, mean(1028, 1032))] {
            assert!((point.lesson.loss - wanted.lesson.loss).abs() < 1e-3, "{point:?}");
            assert_eq!((point.batch, point.lesson.images, point.lesson.millis), (wanted.batch, 40, 20.0));
        }
    }
}
