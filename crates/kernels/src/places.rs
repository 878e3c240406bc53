//! The places of a linear map in all samples, in groups that share a load of weights.

use crate::tile::ROWS;

/// In each sample: where a place's window begins, and where its results lie.
#[derive(Clone, Debug)]
pub struct Places(pub Vec<[usize; 2]>);

impl Places {
    /// Hands on the places of so many samples in order: groups of [`ROWS`], then those that are left one by one, to
    /// `visit`. `steps` lead from one sample's windows and results to the next's.
    pub fn visit(&self, samples: usize, steps: [usize; 2], visit: &mut impl Visit) {
        let (mut walk, all) = (Walk { places: &self.0, steps, sample: [0; 2], at: 0 }, samples * self.0.len());
        for _ in 0..all / ROWS {
            visit.places(std::array::from_fn::<_, ROWS, _>(|_| walk.step()));
        }
        for _ in 0..all % ROWS {
            visit.places([walk.step()]);
        }
    }
}

/// What is done at some places together.
pub trait Visit {
    fn places<const R: usize>(&mut self, places: [[usize; 2]; R]);
}

/// A walk over all places, which counts on and does not divide.
struct Walk<'a> {
    places: &'a [[usize; 2]],
    steps: [usize; 2],
    /// Where the sample begins.
    sample: [usize; 2],
    at: usize,
}

impl Walk<'_> {
    #[inline(always)]
    fn step(&mut self) -> [usize; 2] {
        let [window, results] = self.places[self.at];
        let place = [window + self.sample[0], results + self.sample[1]];
        self.at += 1;
        if self.at == self.places.len() {
            self.at = 0;
            self.sample = [self.sample[0] + self.steps[0], self.sample[1] + self.steps[1]];
        }
        place
    }
}
