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
}
