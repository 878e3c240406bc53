//! Certified radii: how far no attack whatever can succeed, by [`Sequential::least_margin`]. Far below what attacks find on
//! most networks, but proven.

use crate::ball::Ball;
use crate::sequential::{Margin, Sequential};
use burn::tensor::{Bool, Tensor};

/// Halvings of the interval: a radius is exact to the largest one / 2^16.
pub const HALVINGS: u32 = 16;
/// Margin, as a share of the sizes it was summed from, above which rounding cannot have made it positive.
const SURE: f32 = 1e-5;

/// A search for certified radii, halving by halving.
pub struct Search {
    network: Sequential,
    clean: Tensor<4>,
    class: Tensor<2>,
    ball: Ball,
    low: Tensor<2>,
    high: Tensor<2>,
    left: u32,
}

impl Search {
    /// A search up to the ball's radius for those within which every input is answered with its one-hot `class`.
    ///
    /// # Shapes
    /// `clean`: `[batch, channel, row, column]`, pixels in [0, 1]; `class`: `[batch, class]`.
    pub fn new(network: Sequential, clean: Tensor<4>, class: Tensor<2>, ball: &Ball) -> Search {
        let low = class.clone().sum_dim(1).zeros_like();
        let high = low.full_like(ball.radius);
        Search { network, clean, class, ball: ball.clone(), low, high, left: HALVINGS }
    }

    /// Halves every input's interval; `None` for a network that draws noise, of which nothing can be proven.
    pub fn halve(&mut self) -> Option<()> {
        let middle = (self.low.clone() + self.high.clone()).mul_scalar(0.5);
        let holds = within(&self.network, &self.clean, &middle, &self.class, &self.ball)?;
        self.low = self.low.clone().mask_where(holds.clone(), middle.clone());
        self.high = middle.mask_where(holds, self.high.clone());
        self.left = self.left.saturating_sub(1);
        Some(())
    }

    /// Halvings that are left until the radii are exact.
    pub fn left(&self) -> u32 {
        self.left
    }

    /// The largest radii proven so far, `[batch, 1]`; 0 where the clean input is not answered with its class.
    pub fn radii(&self) -> Tensor<2> {
        self.low.clone()
    }
}

/// Whether every input anywhere in the ball, as far as that lies in [0, 1], is answered with its one-hot `class`, for sure;
/// `None` for a network that draws noise.
///
/// # Shapes
/// `clean`: `[batch, channel, row, column]`; `class`: `[batch, class]`; the result: `[batch, 1]`.
pub fn holds(network: &Sequential, clean: &Tensor<4>, class: &Tensor<2>, ball: &Ball) -> Option<Tensor<2, Bool>> {
    within(network, clean, &class.clone().sum_dim(1).full_like(ball.radius), class, ball)
}

/// The same within a radius of its own for each input, `[batch, 1]`.
fn within(
    network: &Sequential,
    clean: &Tensor<4>,
    radius: &Tensor<2>,
    class: &Tensor<2>,
    ball: &Ball,
) -> Option<Tensor<2, Bool>> {
    let Margin { least, size } = network.least_margin(clean, radius, ball, class)?;
    Some(size.mul_scalar(SURE).lower(least))
}
