//! Random draws as functions of a seed: the same on every engine, whatever the batch.
//!
//! They are made on the host and uploaded, since a device's own generator is global and differs between engines.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Exp1, StandardNormal};

/// A stream of draws that belongs to one sample and one restart.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of `restart` for the sample with this `key`: independent of every other one under the same seed.
    pub fn new(seed: u64, key: u64, restart: u32) -> Stream {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(key << 20 | u64::from(restart));
        Stream(generator)
    }

    /// One uniform draw in [0, 1).
    pub fn uniform(&mut self) -> f32 {
        self.0.random()
    }

    /// One draw from the standard normal distribution.
    pub fn normal(&mut self) -> f32 {
        StandardNormal.sample(&mut self.0)
    }

    /// One draw from the exponential distribution of rate 1.
    pub fn exponential(&mut self) -> f32 {
        Exp1.sample(&mut self.0)
    }

    /// One draw from Beta(a, a); a half where `a` is not above 0.
    pub fn beta(&mut self, a: f32) -> f32 {
        Beta::new(a, a).map_or(0.5, |beta| beta.sample(&mut self.0))
    }

    /// Uniform below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound)
    }

    /// The numbers 0 to `count` - 1 in random order (Fisher and Yates).
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_reproducible_and_distinct() {
        let draw = |seed, key, restart| Stream::new(seed, key, restart).uniform();
        assert_eq!(draw(1, 2, 3), draw(1, 2, 3));
        assert_ne!(draw(1, 2, 3), draw(2, 2, 3));
        assert_ne!(draw(1, 2, 3), draw(1, 3, 3));
        assert_ne!(draw(1, 2, 3), draw(1, 2, 4));
    }

    #[test]
    fn a_permutation_holds_every_number_once() {
        let mut order = Stream::new(7, 0, 0).permutation(100);
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }
}
