//! Cutting an evaluation into shares that keep every worker busy to the end.

use foolproof_core::protocol::{EvaluationJob, Inputs};

/// Most inputs of a share: as many as the engine attacks at once.
const MOST: usize = 50;
/// Fewest, but for the last one: a batch of less makes poor use of the kernels.
const LEAST: usize = 4;

/// What to evaluate, with how much an input of it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct CostedJob {
    /// What to evaluate, all inputs of it.
    pub job: EvaluationJob,
    /// Steps that one input takes on all models, about.
    pub cost: f64,
}

impl CostedJob {
    /// Steps in all, about.
    pub fn work(&self) -> f64 {
        self.cost * self.job.inputs.shape[0] as f64
    }
}

/// A run of inputs of one job.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Place of the job.
    pub job: usize,
    /// Place of the first input in the job.
    pub first: usize,
    /// Number of inputs.
    pub count: usize,
}

impl Share {
    /// Steps that it takes, about.
    pub fn work(&self, jobs: &[CostedJob]) -> f64 {
        jobs[self.job].cost * self.count as f64
    }

    /// What a worker is asked to do.
    pub fn cut_out(&self, jobs: &[CostedJob]) -> EvaluationJob {
        let whole = &jobs[self.job].job;
        let [_, channels, rows, columns] = whole.inputs.shape;
        let (size, end) = (channels * rows * columns, self.first + self.count);
        let inputs = Inputs {
            shape: [self.count, channels, rows, columns],
            pixels: whole.inputs.pixels[self.first * size..end * size].to_vec(),
            labels: whole.inputs.labels.as_ref().map(|labels| labels[self.first..end].to_vec()),
        };
        EvaluationJob {
            inputs,
            first: whole.first + self.first as u64,
            crafted_on: whole.crafted_on.clone(),
            models: whole.models.clone(),
            attacks: whole.attacks.clone(),
            radius: whole.radius.clone(),
            smoothing: whole.smoothing,
            detection: whole.detection.clone(),
            seed: whole.seed,
        }
    }
}

/// The shares of the job at this place for so many workers.
pub fn of_job(place: usize, job: &CostedJob, workers: usize) -> Vec<Share> {
    let mut first = 0;
    let share = |count: usize| {
        let share = Share { job: place, first, count };
        first += count;
        share
    };
    cut(job.job.inputs.shape[0], workers).into_iter().map(share).collect()
}

/// Sizes of the shares of `n` inputs: each half of a fair part of the inputs left, so that they grow smaller
/// toward the end and no worker waits long for another's last one (guided self-scheduling, Polychronopoulos and Kuck
/// 1987).
fn cut(n: usize, workers: usize) -> Vec<usize> {
    let least = LEAST.min(n.div_ceil(workers.max(1))).max(1);
    let mut sizes = Vec::new();
    let mut left = n;
    while left > 0 {
        let size = left.div_ceil(2 * workers.max(1)).clamp(least, MOST).min(left);
        sizes.push(size);
        left -= size;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_cover_all_inputs_and_shrink_toward_the_end() {
        for (n, workers) in [(1, 8), (3, 2), (20, 2), (100, 2), (1000, 8), (10_000, 1)] {
            let sizes = cut(n, workers);
            assert_eq!(sizes.iter().sum::<usize>(), n);
            assert!(sizes.iter().all(|&size| (1..=MOST).contains(&size)));
            assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1]), "{sizes:?}");
            assert!(sizes.len() >= workers.min(n), "all of {workers} workers have something to do: {sizes:?}");
        }
        assert_eq!(cut(20, 2), [5, 4, 4, 4, 3]);
        assert_eq!(cut(0, 2), [0usize; 0]);
    }
}
