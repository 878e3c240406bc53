//! Interval bounds: what a network answers at most and at least anywhere near an input (Gowal et al. 2018, "On the
//! effectiveness of interval bound propagation", <https://arxiv.org/abs/1810.12715>). The first layer with weights is
//! bounded by the dual norm too, which is exact for each of its values (Weng et al. 2018,
//! <https://arxiv.org/abs/1804.09699>).

mod around;
mod worst;

use super::affine::affine;
use super::layer::Layer;
use super::{Activation, Sequential, sum};
use crate::ball::Ball;
use crate::loss;
use around::{Around, dual};
use burn::module::{Param, ParamId};
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

/// What is known between two layers: the ends of an interval, value by value.
struct Span {
    low: Activation,
    high: Activation,
    /// The input and its ball, as long as no layer has changed the values.
    ball: Option<Around>,
}

/// Weights of the last layer's differences that are held at once, about; a network's last layer may have many.
const AT_ONCE: usize = 1 << 20;

/// A bound on margins, with what its rounding is measured by; `[batch, 1]` each.
pub struct Margin {
    /// How far the class's logit lies above every other one, at least.
    pub least: Tensor<2>,
    /// The largest sum of sizes that the margin is computed from; it may be far above both logits.
    pub size: Tensor<2>,
}

impl Sequential {
    /// The least margin anywhere in the ball and in [0, 1]; where it is positive no attack within the radius can succeed,
    /// up to rounding. `None` for a network that draws noise.
    ///
    /// # Shapes
    /// `clean`: `[batch, channel, row, column]`; `radius`, in place of the ball's own: `[batch, 1]`; the one-hot `class`:
    /// `[batch, class]`.
    pub fn least_margin(
        &self,
        clean: &Tensor<4>,
        radius: &Tensor<2>,
        ball: &Ball,
        class: &Tensor<2>,
    ) -> Option<Margin> {
        let [low, high] = ends(clean, radius, ball).map(Activation::Image);
        let scale = ball.scale(clean).map(Activation::Image);
        let ball =
            Some(Around { clean: Activation::Image(clean.clone()), radius: radius.clone(), norm: ball.norm, scale });
        let (last, before) = self.layers.split_last()?;
        let span = self.seen(Span { low, high, ball })?;
        let span = before.iter().try_fold(span, |span, layer| layer.bounds(span))?;
        let (gaps, sizes) = match (last, &span.low, &span.high) {
            (Layer::Linear(layer), Activation::Flat(low), Activation::Flat(high)) => {
                gaps(layer, low, high, span.ball.as_ref(), class)
            }
            _ => {
                let Span { low, high, .. } = last.bounds(span)?;
                let (low, high) = (low.flat(), high.flat());
                let sizes = low.clone().abs().max_pair(high.clone().abs());
                ((low * class.clone()).sum_dim(1) - high, sizes)
            }
        };
        Some(Margin { least: loss::without(&gaps.neg(), class).max_dim(1).neg(), size: sizes.max_dim(1) })
    }

    /// Whether bounds are known of all its layers.
    pub(crate) fn has_bounds(&self) -> bool {
        self.front.rises()
            && self.layers.iter().all(|layer| match layer {
                Layer::Nonlinearity(layer) => layer.is_of_each(),
                Layer::Residual(inner) => inner.has_bounds(),
                Layer::Projected(block) => block.inner.has_bounds() && block.shortcut.has_bounds(),
                Layer::Mean(networks) => networks.iter().all(Sequential::has_bounds),
                _ => true,
            })
    }

    /// The interval after all layers; `None` where there is none.
    fn bounds(&self, span: Span) -> Option<Span> {
        self.layers.iter().try_fold(self.seen(span)?, |span, layer| layer.bounds(span))
    }

    /// The interval of what the network sees of one; `None` where what stands before it keeps no interval's ends.
    fn seen(&self, span: Span) -> Option<Span> {
        match (span.low, span.high) {
            (Activation::Image(low), Activation::Image(high)) if !self.front.is_empty() => {
                let [low, high] = self.seen_ends([low, high])?.map(Activation::Image);
                Some(Span { low, high, ball: None })
            }
            (low, high) => Some(Span { low, high, ball: span.ball }),
        }
    }

    /// The ends of an interval as the network sees them; `None` where what stands before it does not keep them its ends.
    fn seen_ends(&self, ends: [Tensor<4>; 2]) -> Option<[Tensor<4>; 2]> {
        match self.front.is_empty() {
            true => Some(ends),
            false => self.front.rises().then(|| ends.map(|end| self.front.look(&end).seen)),
        }
    }
}

/// The least and the most that each feature may be in the ball and in [0, 1], `[batch, channel, row, column]` each.
fn ends(clean: &Tensor<4>, radius: &Tensor<2>, ball: &Ball) -> [Tensor<4>; 2] {
    // The largest change of one feature is the radius in every norm, times its limit.
    let reach = ball.scaled_beside(radius.clone().reshape([clean.dims()[0], 1, 1, 1]), clean);
    [(clean.clone() - reach.clone()).clamp_min(0.0), (clean.clone() + reach).clamp_max(1.0)]
}

impl Layer {
    /// The interval after this layer; `None` where there is none.
    fn bounds(&self, span: Span) -> Option<Span> {
        use Activation::{Flat, Image};
        let Span { low, high, ball } = span;
        Some(match (self, low, high) {
            (Layer::Conv2d(layer), Image(low), Image(high)) => {
                let around = ball.as_ref().and_then(|ball| ball.through_conv(layer));
                let sizes = Conv2d { weight: sizes(&layer.weight), bias: None, ..layer.clone() };
                let (middle, half) = halves(low, high);
                let (low, high) = meet(around, layer.forward(middle), sizes.forward(half));
                Span { low: Image(low), high: Image(high), ball: None }
            }
            (Layer::Linear(layer), Flat(low), Flat(high)) => {
                let around = ball.as_ref().and_then(|ball| ball.through_linear(layer));
                let sizes = Linear { weight: sizes(&layer.weight), bias: None };
                let (middle, half) = halves(low, high);
                let (low, high) = meet(around, layer.forward(middle), sizes.forward(half));
                Span { low: Flat(low), high: Flat(high), ball: None }
            }
            (Layer::Flatten(_), low, high) => {
                let flat = |x: Activation| Flat(x.flat());
                Span { low: flat(low), high: flat(high), ball: ball.map(|ball| ball.moved(flat, flat)) }
            }
            (Layer::Identity(_), low, high) => Span { low, high, ball },
            (Layer::BatchNorm(layer), low, high) => scaled(low, high, ball, layer.factors()),
            (Layer::Normalise(layer), low, high) => scaled(low, high, ball, layer.factors()),
            (Layer::Nonlinearity(layer), low, high) if layer.is_of_each() => {
                let least = match layer.turn() {
                    Some(turn) => nearest(&low, &high, turn),
                    None => low.clone(),
                };
                let high = larger(self.forward(low), self.forward(high));
                Span { low: self.forward(least), high, ball: None }
            }
            // What rises with its input goes from ends to ends.
            (Layer::MaxPool2d(_) | Layer::AvgPool2d(_) | Layer::AdaptivePool(_), low, high) => {
                Span { low: self.forward(low), high: self.forward(high), ball: None }
            }
            (Layer::Residual(inner), low, high) => {
                let inside = inner.bounds(Span { low: low.clone(), high: high.clone(), ball: None })?;
                Span { low: sum(inside.low, low), high: sum(inside.high, high), ball: None }
            }
            (Layer::Projected(block), low, high) => {
                let inside = block.inner.bounds(Span { low: low.clone(), high: high.clone(), ball: None })?;
                let beside = block.shortcut.bounds(Span { low, high, ball: None })?;
                Span { low: sum(inside.low, beside.low), high: sum(inside.high, beside.high), ball: None }
            }
            (Layer::Mean(networks), low, high) => {
                let start = || Span { low: low.clone(), high: high.clone(), ball: None };
                let all = networks.iter().map(|network| network.bounds(start())).collect::<Option<Vec<Span>>>()?;
                let share = 1.0 / all.len().max(1) as f32;
                let scaled = |end: Activation| Flat(end.flat().mul_scalar(share));
                let each = all.into_iter().map(|span| (scaled(span.low), scaled(span.high)));
                let (low, high) = each.reduce(|a, b| (sum(a.0, b.0), sum(a.1, b.1)))?;
                Span { low, high, ball: None }
            }
            _ => return None,
        })
    }
}

/// The interval after each channel got a factor, of either sign, and a summand. The ball is one still, in other units.
fn scaled(low: Activation, high: Activation, ball: Option<Around>, factors: (Tensor<1>, Tensor<1>)) -> Span {
    let size = (factors.0.clone().abs(), factors.1.zeros_like());
    let middle = |x| affine(x, factors.clone());
    let ball = ball.map(|ball| ball.with_units().moved(middle, |units| affine(units, size)));
    let (a, b) = (middle(low), middle(high));
    Span { low: smaller(a.clone(), b.clone()), high: larger(a, b), ball }
}

/// What of each interval lies nearest to a number.
fn nearest(low: &Activation, high: &Activation, to: f32) -> Activation {
    let above = match low.clone() {
        Activation::Image(low) => Activation::Image(low.clamp_min(to)),
        Activation::Flat(low) => Activation::Flat(low.clamp_min(to)),
    };
    smaller(above, high.clone())
}

fn smaller(a: Activation, b: Activation) -> Activation {
    match (a, b) {
        (Activation::Image(a), Activation::Image(b)) => Activation::Image(a.min_pair(b)),
        (a, b) => Activation::Flat(a.flat().min_pair(b.flat())),
    }
}

fn larger(a: Activation, b: Activation) -> Activation {
    match (a, b) {
        (Activation::Image(a), Activation::Image(b)) => Activation::Image(a.max_pair(b)),
        (a, b) => Activation::Flat(a.flat().max_pair(b.flat())),
    }
}

/// How far the class's logit lies above each other one at least, and the sizes that sum up to it, `[batch, class]` each: a
/// few rows at a time, as each takes as many values as the layer has weights.
fn gaps(
    layer: &Linear,
    low: &Tensor<2>,
    high: &Tensor<2>,
    ball: Option<&Around>,
    class: &Tensor<2>,
) -> (Tensor<2>, Tensor<2>) {
    let [batch, classes] = class.dims();
    let each = (AT_ONCE / (classes * low.dims()[1]).max(1)).max(1);
    let group = |from: usize| {
        let rows = |x: &Tensor<2>| x.clone().narrow(0, from, each.min(batch - from));
        let ball = ball.and_then(|ball| match &ball.clean {
            Activation::Flat(clean) => Some((rows(clean), rows(&ball.radius), ball)),
            Activation::Image(_) => None,
        });
        gaps_of(layer, rows(low), rows(high), ball, rows(class))
    };
    let (least, sizes) = (0..batch).step_by(each).map(group).unzip();
    (Tensor::cat(least, 0), Tensor::cat(sizes, 0))
}

/// The same of all rows at once; the ball with its middle and radius of these rows. The last layer's weights are subtracted before
/// they are bounded, so that what both logits share does not count.
fn gaps_of(
    layer: &Linear,
    low: Tensor<2>,
    high: Tensor<2>,
    ball: Option<(Tensor<2>, Tensor<2>, &Around)>,
    class: Tensor<2>,
) -> (Tensor<2>, Tensor<2>) {
    let [batch, classes] = class.dims();
    let weight = layer.weight.val();
    let own = class.clone().matmul(weight.clone().transpose());
    // `[batch, class, feature]`.
    let apart = own.unsqueeze_dim::<3>(1) - weight.transpose().unsqueeze::<3>();
    let dot =
        |rows: &Tensor<3>, x: Tensor<2>| (rows.clone() * x.unsqueeze_dim::<3>(1)).sum_dim(2).reshape([batch, classes]);
    let far = apart.clone().abs();
    let mut sizes = dot(&far, low.clone().abs().max_pair(high.clone().abs()));
    let (middle, half) = halves(low, high);
    let mut least = dot(&apart, middle) - dot(&far, half);
    if let Some((clean, radius, ball)) = ball {
        let [_, _, features] = apart.dims();
        if let Some(weights) = ball.weighed(apart.clone().reshape([batch * classes, features])) {
            let dual = dual(weights, ball.norm).reshape([batch, classes]);
            least = least.max_pair(dot(&apart, clean) - dual * radius);
        }
    }
    if let Some(bias) = &layer.bias {
        let bias = bias.val().unsqueeze::<2>();
        let own = (class * bias.clone()).sum_dim(1);
        sizes = sizes + own.clone().abs() + bias.clone().abs();
        least = least + own - bias;
    }
    (least, sizes)
}

/// As a parameter that learns nothing itself: where weights are tracked, these are computed from them.
fn sizes<const D: usize>(weight: &Param<Tensor<D>>) -> Param<Tensor<D>> {
    Param::initialized(ParamId::new(), weight.val().abs())
}

/// Middle and half width.
fn halves<const D: usize>(low: Tensor<D>, high: Tensor<D>) -> (Tensor<D>, Tensor<D>) {
    ((low.clone() + high.clone()).mul_scalar(0.5), (high - low).mul_scalar(0.5))
}

/// Where the interval around `middle` and the other one, if there is one, meet.
fn meet<const D: usize>(
    other: Option<(Tensor<D>, Tensor<D>)>,
    middle: Tensor<D>,
    half: Tensor<D>,
) -> (Tensor<D>, Tensor<D>) {
    let (low, high) = (middle.clone() - half.clone(), middle + half);
    match other {
        Some((middle, half)) => (low.max_pair(middle.clone() - half.clone()), high.min_pair(middle + half)),
        None => (low, high),
    }
}
