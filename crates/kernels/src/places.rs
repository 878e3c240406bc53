//! The places of a linear map in all samples, in groups that share a load of weights.

use crate::tile::ROWS;

/// In each sample: where a place's window begins, and where its results lie.
#[derive(Clone, Debug)]
pub struct Places(pub Vec<[usize; 2]>);

impl Places {
    /// The places of so many samples, in whole groups; `steps` lead from one sample's windows and results to the next's.
    pub fn groups(&self, samples: usize, steps: [usize; 2]) -> impl Iterator<Item = [[usize; 2]; ROWS]> {
        let whole = samples * self.0.len() / ROWS;
        (0..whole).map(move |group| std::array::from_fn(|row| self.at(group * ROWS + row, steps)))
    }

    /// Those that are left over.
    pub fn rest(&self, samples: usize, steps: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
        let all = samples * self.0.len();
        (all / ROWS * ROWS..all).map(move |number| self.at(number, steps))
    }

    fn at(&self, number: usize, [windows, results]: [usize; 2]) -> [usize; 2] {
        let (sample, [window, result]) = (number / self.0.len(), self.0[number % self.0.len()]);
        [window + sample * windows, result + sample * results]
    }
}
