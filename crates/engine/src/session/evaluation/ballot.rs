//! Votes of a network on noisy copies of a chunk's inputs, by which they are certified (Cohen et al. 2019,
//! <https://arxiv.org/abs/1902.02918>): the copies by which a class is picked are others than those that count for it, or
//! the share of its votes would be told too high.

use crate::drive::answers;
use crate::random::Stream;
use crate::sequential::Sequential;
use crate::upload::floats;
use burn::tensor::{Device, Tensor};
use foolproof_core::protocol::{Fault, Inputs, Smoothing};

/// Copies answered at once: enough for the kernels.
const ROWS: usize = 64;
/// Passes of a piece: tens of milliseconds, so that a visitor can stop it.
const PASSES: u32 = 4;
/// Bits that the number of a copy needs.
const COPY_BITS: u32 = 20;
/// What sets these draws apart from an attack's on the same input.
const SALT: u64 = 0x5f37_59df_0b11_a57e;

/// Passes through the network that the votes on so many inputs take.
pub fn passes(smoothing: &Smoothing, inputs: usize) -> u32 {
    let copies = copies(inputs);
    smoothing.select.div_ceil(copies) + smoothing.draws.div_ceil(copies)
}

/// Copies of each input in a pass.
fn copies(inputs: usize) -> u32 {
    (ROWS / inputs.max(1)).max(1) as u32
}

/// A ballot under way.
pub struct Ballot {
    network: Sequential,
    device: Device,
    inputs: Inputs,
    smoothing: Smoothing,
    seed: u64,
    /// Number of the first input.
    first: u64,
    /// Copies of each input that have voted, and passes that took.
    drawn: u32,
    done: u32,
    /// By input and class: the votes by which it is picked.
    picked: Vec<Vec<u32>>,
    /// By input: the class, once it is picked, and the votes that count for it.
    votes: Vec<(u32, u32)>,
}

impl Ballot {
    /// A ballot on these inputs, the first of which has the number `first`: what it draws is the same in any chunk.
    pub fn new(
        network: Sequential,
        device: &Device,
        inputs: &Inputs,
        smoothing: Smoothing,
        (seed, first): (u64, u64),
    ) -> Ballot {
        let picked = vec![Vec::new(); inputs.shape[0]];
        let (device, inputs, votes) = (device.clone(), inputs.clone(), Vec::new());
        Ballot { network, device, inputs, smoothing, seed, first, drawn: 0, done: 0, picked, votes }
    }

    /// Passes that are over.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// Some passes; the votes once all are in.
    pub async fn advance(&mut self) -> Result<Option<Vec<(u32, u32)>>, Fault> {
        for _ in 0..PASSES {
            let Smoothing { select, draws, .. } = self.smoothing;
            // A pass is of one of both draws.
            let until = if self.drawn < select { select } else { select + draws };
            let copies = copies(self.inputs.shape[0]).min(until - self.drawn);
            let said = answers(self.network.judged(&self.noisy(copies), &self.keys(copies))).await?;
            self.count(&said, copies);
            self.drawn += copies;
            self.done += 1;
            if self.drawn == select {
                self.votes = self.picked.iter().map(|votes| (most(votes), 0)).collect();
            }
            if self.drawn == select + draws {
                return Ok(Some(std::mem::take(&mut self.votes)));
            }
        }
        Ok(None)
    }

    /// So many further copies of each input, one input after another.
    fn noisy(&self, copies: u32) -> Tensor<4> {
        let [count, channels, rows, columns] = self.inputs.shape;
        let size = channels * rows * columns;
        let mut pixels = Vec::with_capacity(count * copies as usize * size);
        for (key, clean) in (self.first..).zip(self.inputs.pixels.chunks_exact(size)) {
            for copy in self.drawn..self.drawn + copies {
                let mut stream = Stream::new(self.seed ^ SALT, key, copy);
                pixels.extend(clean.iter().map(|pixel| pixel + self.smoothing.sigma * stream.normal()));
            }
        }
        let shape = [count * copies as usize, channels, rows, columns];
        floats(pixels, shape, &self.device)
    }

    /// A number for each of them, by which a network draws that draws at random itself.
    fn keys(&self, copies: u32) -> Vec<u64> {
        let of = |key: u64| (self.drawn..self.drawn + copies).map(move |copy| key << COPY_BITS | u64::from(copy));
        (self.first..).take(self.inputs.shape[0]).flat_map(of).collect()
    }

    fn count(&mut self, said: &[u32], copies: u32) {
        for (place, said) in said.chunks_exact(copies as usize).enumerate() {
            for &class in said {
                match self.votes.get_mut(place) {
                    Some((picked, count)) => *count += u32::from(class == *picked),
                    None => {
                        let votes = &mut self.picked[place];
                        votes.resize(votes.len().max(class as usize + 1), 0);
                        votes[class as usize] += 1;
                    }
                }
            }
        }
    }
}

/// The class with the most votes, the first of equals.
fn most(votes: &[u32]) -> u32 {
    let best = votes.iter().max().copied().unwrap_or_default();
    votes.iter().position(|&own| own == best).unwrap_or_default() as u32
}
