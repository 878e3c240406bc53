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
    /// By input.
    counts: Vec<Count>,
}

/// The votes on one input, by class.
#[derive(Clone, Default)]
pub struct Count {
    /// Those by which a class is picked.
    pub first: Vec<u32>,
    /// Those that count for it.
    pub second: Vec<u32>,
}

impl Count {
    /// The class that is picked: the first of equals.
    pub fn picked(&self) -> u32 {
        let best = self.first.iter().max().copied().unwrap_or_default();
        self.first.iter().position(|&own| own == best).unwrap_or_default() as u32
    }

    /// That class, with the votes that count for it.
    pub fn picked_votes(&self) -> (u32, u32) {
        let picked = self.picked();
        (picked, self.second.get(picked as usize).copied().unwrap_or_default())
    }
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
        let counts = vec![Count::default(); inputs.shape[0]];
        let (device, inputs) = (device.clone(), inputs.clone());
        Ballot { network, device, inputs, smoothing, seed, first, drawn: 0, done: 0, counts }
    }

    /// Passes that are over.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// Some passes; the votes once all are in.
    pub async fn advance(&mut self) -> Result<Option<Vec<Count>>, Fault> {
        for _ in 0..PASSES {
            let Smoothing { select, draws, .. } = self.smoothing;
            // A pass is of one of both draws.
            let until = if self.drawn < select { select } else { select + draws };
            let copies = copies(self.inputs.shape[0]).min(until - self.drawn);
            let said = answers(self.network.judged(&self.noisy(copies), &self.keys(copies))).await?;
            self.count(&said, copies);
            self.drawn += copies;
            self.done += 1;
            if self.drawn == select + draws {
                return Ok(Some(std::mem::take(&mut self.counts)));
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
        let picks = self.drawn < self.smoothing.select;
        for (count, said) in self.counts.iter_mut().zip(said.chunks_exact(copies as usize)) {
            let votes = if picks { &mut count.first } else { &mut count.second };
            for &class in said {
                votes.resize(votes.len().max(class as usize + 1), 0);
                votes[class as usize] += 1;
            }
        }
    }
}
