//! Whether a model that was brought in reads the dataset's pictures and, if it hardly does, by which change it might: it
//! may have been trained on pixels of another order, scale or normalisation.

use crate::i18n::{
    number::{fixed, said},
    tr, tr_with,
};
use foolproof_core::{importing::Change, protocol::Inputs, report::Accuracy};

/// Test images that it is tried on.
pub const IMAGES: usize = 200;
/// Share of right answers below which something is likely to be wrong.
const DOUBTFUL: f64 = 0.5;
/// What networks for these datasets are usually given: means and deviations a channel.
const USUAL: [(&str, &[f32], &[f32]); 3] = [
    ("mnist", &[0.1307], &[0.3081]),
    ("fashion", &[0.286], &[0.353]),
    ("cifar", &[0.4914, 0.4822, 0.4465], &[0.247, 0.2435, 0.2616]),
];

/// What it answers to the test images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// How many of them are right.
    pub accuracy: Accuracy,
    /// The one answer to all of them, if there is one.
    pub always: Option<u32>,
}

impl Reading {
    /// What these answers to these classes are.
    pub fn of(answers: &[u32], truths: &[u32]) -> Reading {
        let right = answers.iter().zip(truths).filter(|(answer, truth)| answer == truth).count();
        let always = answers.first().copied().filter(|first| answers.iter().all(|answer| answer == first));
        Reading { accuracy: Accuracy::of(right, truths.len()), always }
    }

    /// Whether it is so low that another way of reading pixels should be tried.
    pub fn is_doubtful(&self) -> bool {
        self.accuracy.value < DOUBTFUL
    }

    /// It in a sentence; `classes` are the names of the answers.
    pub fn sentence(&self, classes: &[String]) -> String {
        let Accuracy { value, n, .. } = self.accuracy;
        let share = share(value);
        let name = |answer: u32| classes.get(answer as usize).cloned().unwrap_or_else(|| answer.to_string());
        match self.always {
            Some(answer) if self.is_doubtful() => {
                tr_with("It answers “{0}” to all {1} test images.", &[&name(answer), &n])
            }
            _ if self.is_doubtful() => tr_with(
                "It reads {0} of {1} test images right: another pixel order, scale or normalisation?",
                &[&share, &n],
            ),
            _ => tr_with("It reads {0} of {1} test images right.", &[&share, &n]),
        }
    }
}

/// A share as a figure.
pub fn share(value: f64) -> String {
    format!("{} %", fixed(100.0 * value, 1))
}

/// A way in which it may have been given pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// What is said of it.
    pub name: String,
    /// What makes the network read pixels as they are here.
    pub changes: Vec<Change>,
}

/// The ways worth trying on a dataset, the present one first.
pub fn ways(data: &str, inputs: &Inputs, has_channels: bool) -> Vec<Way> {
    let channels = inputs.shape[1];
    let scaled = |mean: f32, std: f32| Change::Normalise { mean: vec![mean; channels], std: vec![std; channels] };
    let (mean, std) = usual(data, inputs);
    let listed = |values: &[f32]| values.iter().map(|value| said(value.to_string())).collect::<Vec<_>>().join(", ");
    let normalised = tr_with("normalised by mean {0} and deviation {1}", &[&listed(&mean), &listed(&std)]);
    let scales = [
        (tr("as it is").to_owned(), None),
        (normalised, Some(Change::Normalise { mean, std })),
        (tr("from -1 to 1").into(), Some(scaled(0.5, 0.5))),
        (tr("from 0 to 255").into(), Some(scaled(0.0, 1.0 / 255.0))),
        (tr("dark ink on white").into(), Some(scaled(1.0, -1.0))),
    ];
    let way = |name: String, change: Option<Change>| Way { name, changes: change.into_iter().collect() };
    let mut ways: Vec<Way> = scales.clone().into_iter().map(|(name, change)| way(name, change)).collect();
    if has_channels {
        ways.extend(scales.into_iter().map(|(name, change)| {
            let mut way = way(tr_with("rows, columns, channels; {0}", &[&name]), change);
            // First, while the linear layer still stands where the file has it.
            way.changes.insert(0, Change::ChannelsLast);
            way
        }));
    }
    ways
}

/// Mean and deviation a channel: the usual ones of the dataset, or those of the images.
fn usual(data: &str, inputs: &Inputs) -> (Vec<f32>, Vec<f32>) {
    let channels = inputs.shape[1];
    let known = USUAL.iter().find(|(id, mean, _)| *id == data && mean.len() == channels);
    if let Some((_, mean, std)) = known {
        return (mean.to_vec(), std.to_vec());
    }
    let size = inputs.shape[2] * inputs.shape[3];
    let of = |channel: usize| {
        let values = inputs.pixels.chunks(size.max(1)).skip(channel).step_by(channels.max(1)).flatten();
        let count = (inputs.shape[0] * size).max(1) as f32;
        let (sum, squares) =
            values.fold((0.0f32, 0.0f32), |(sum, squares), value| (sum + value, squares + value * value));
        let mean = sum / count;
        let deviation = (squares / count - mean * mean).max(0.0).sqrt();
        // Of one value alone there is nothing to divide by.
        (mean, if deviation.is_normal() { deviation } else { 1.0 })
    };
    let rounded = |value: f32| (value * 1e4).round().max(1.0) / 1e4;
    (0..channels).map(of).map(|(mean, deviation)| (rounded(mean), rounded(deviation))).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(channels: usize) -> Inputs {
        let pixels = (0..2 * channels * 4).map(|at| if at % 2 == 0 { 0.0 } else { 1.0 }).collect();
        Inputs { shape: [2, channels, 2, 2], pixels, labels: Some(vec![0, 1]) }
    }

    /// F15: an accuracy near chance is told with what may be behind it, one answer to all as such.
    #[test]
    fn a_reading_says_what_it_is() {
        let classes = ["0", "1"].map(String::from);
        let said = |answers: &[u32]| Reading::of(answers, &[0, 1, 1, 0]).sentence(&classes);
        assert_eq!(said(&[0, 1, 1, 0]), "It reads 100.0 % of 4 test images right.");
        assert_eq!(said(&[0, 1, 0, 1]), "It reads 50.0 % of 4 test images right.");
        assert!(said(&[1, 1, 0, 1]).starts_with("It reads 25.0 % of 4 test images right: another pixel order"));
        assert_eq!(Reading::of(&[1; 4], &[0, 1, 0, 0]).sentence(&classes), "It answers “1” to all 4 test images.");
    }

    #[test]
    fn every_way_is_tried_in_every_order_that_differs() {
        let plain = ways("mnist", &inputs(1), false);
        assert_eq!(plain.len(), 5);
        assert_eq!(plain[0].changes, []);
        assert_eq!(plain[1].changes, [Change::Normalise { mean: vec![0.1307], std: vec![0.3081] }]);
        let both = ways("mnist", &inputs(1), true);
        assert_eq!(both[..5], plain);
        assert!(both[5..].iter().all(|way| way.changes[0] == Change::ChannelsLast));
        assert_eq!(both[5].changes.len(), 1);
        // Another dataset's are computed.
        let own = ways("mine:letters", &inputs(2), false);
        assert_eq!(own[1].changes, [Change::Normalise { mean: vec![0.5; 2], std: vec![0.5; 2] }]);
    }
}
