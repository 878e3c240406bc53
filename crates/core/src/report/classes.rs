//! Precision, recall and F1 by class, and the confusion matrix they come from.

use serde::{Deserialize, Serialize};

/// How answers and true classes go together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classes {
    /// Inputs by true class (row) and answer (column).
    pub confusion: Vec<Vec<usize>>,
    /// Share of an answer's inputs that are of its class; `None` for a class that is never answered.
    pub precision: Vec<Option<f64>>,
    /// Share of a class's inputs that are answered right; `None` for a class without inputs.
    pub recall: Vec<Option<f64>>,
    /// Harmonic mean of both, `2·TP / (2·TP + FP + FN)`; `None` for a class that neither occurs nor is answered.
    pub f1: Vec<Option<f64>>,
    /// Means over the classes that have a figure: precision, recall, F1.
    pub macro_mean: [f64; 3],
}

impl Classes {
    /// Of pairs of a true class and an answer, each below `classes`.
    pub fn of(classes: usize, pairs: impl Iterator<Item = (u32, u32)>) -> Classes {
        let mut confusion = vec![vec![0; classes]; classes];
        for (truth, answer) in pairs {
            if let Some(cell) = confusion.get_mut(truth as usize).and_then(|row| row.get_mut(answer as usize)) {
                *cell += 1;
            }
        }
        let right = |class: usize| confusion[class][class];
        let of_class = |class: usize| confusion[class].iter().sum::<usize>();
        let answered = |class: usize| confusion.iter().map(|row| row[class]).sum::<usize>();
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let each = |figure: &dyn Fn(usize) -> Option<f64>| (0..classes).map(figure).collect::<Vec<_>>();
        let precision = each(&|class| share(right(class), answered(class)));
        let recall = each(&|class| share(right(class), of_class(class)));
        let f1 = each(&|class| share(2 * right(class), answered(class) + of_class(class)));
        let macro_mean = [&precision, &recall, &f1].map(|figures| mean(figures));
        Classes { confusion, precision, recall, f1, macro_mean }
    }
}

fn mean(figures: &[Option<f64>]) -> f64 {
    let known: Vec<f64> = figures.iter().flatten().copied().collect();
    if known.is_empty() { 0.0 } else { known.iter().sum::<f64>() / known.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_from_the_counts() {
        let found = Classes::of(3, [(0, 0), (0, 0), (0, 1), (1, 1), (1, 0)].into_iter());
        assert_eq!(found.confusion, [[2, 1, 0], [1, 1, 0], [0, 0, 0]]);
        assert_eq!(found.precision, [Some(2.0 / 3.0), Some(0.5), None]);
        assert_eq!(found.recall, [Some(2.0 / 3.0), Some(0.5), None]);
        assert_eq!(found.f1, [Some(2.0 / 3.0), Some(0.5), None]);
        assert!((found.macro_mean[2] - 7.0 / 12.0).abs() < 1e-12);
    }
}
