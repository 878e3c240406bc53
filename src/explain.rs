//! Explanations: terms, the numbers of a pixel, the areas of a map and its landscape, how unusual inputs are; `view`
//! shows them. All but `view` and `place` is free of the web.

pub mod animation;
mod areas;
pub mod code;
mod pixel;
mod seen;
mod surface;
mod terms;
pub mod unusual;

#[cfg(target_arch = "wasm32")]
pub(crate) mod place;
#[cfg(target_arch = "wasm32")]
pub(crate) mod view;

pub use areas::{Area, areas, path};
pub use pixel::{Line, lines, strongest};
pub use seen::Seen;
pub use surface::{COARSE, Ridge, Surface, coarse};
pub use terms::{TERMS, term};

use crate::attack::words::figure;
use crate::i18n::{tr, tr_mark, tr_with};
use crate::inputs::format::Format;
use foolproof_core::protocol::{Attribution, Method};

/// A number short enough for a picture's legend.
pub fn short(value: f32) -> String {
    figure(crate::attack::scale::round_digits(f64::from(value), 3))
}

/// The largest size of any value.
pub fn most<'a>(values: impl IntoIterator<Item = &'a f32>) -> f32 {
    values.into_iter().fold(0.0, |most, value| most.max(value.abs()))
}

/// A map of attributions as a sentence: its ends and where they are.
pub fn attribution_text(found: &Attribution, class: &str, format: &Format) -> String {
    let picture = if found.attacked { tr("adversarial") } else { tr("clean") };
    let end = |better: fn(f32, f32) -> bool| {
        let values = found.values.iter().copied().enumerate();
        values.reduce(|best, next| if better(next.1, best.1) { next } else { best })
    };
    let said = |end: Option<(usize, f32)>| {
        end.map_or_else(
            || tr("nowhere").to_owned(),
            |(pixel, value)| tr_with("{0} at {1}", &[&short(value), &format.spoken(pixel)]),
        )
    };
    let name = tr(name(found.method));
    let (high, low) = (said(end(|a, b| a > b)), said(end(|a, b| a < b)));
    tr_with("{0} for class {1} on the {2} input: highest {3}; lowest {4}.", &[&name, &class, &picture, &high, &low])
}

/// What the values of a map mean for the logit, as far as the method says so.
pub fn sum_text(found: &Attribution) -> String {
    let (logit, black) = (short(found.logit), short(found.black));
    match found.method {
        Method::Integrated => {
            let sum: f32 = found.values.iter().sum();
            tr_with(
                "Sum {0}; the logit is {1}, on black {2}: a gain of {3}.",
                &[&short(sum), &logit, &black, &short(found.logit - found.black)],
            )
        }
        Method::Gradient | Method::Occlusion => tr_with("Logit {0}.", &[&logit]),
    }
}

/// A method's name, in English.
pub fn name(method: Method) -> &'static str {
    match method {
        Method::Gradient => tr_mark("Gradient"),
        Method::Integrated => tr_mark("Integrated gradients"),
        Method::Occlusion => tr_mark("Occlusion"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: Method) -> Attribution {
        let mut values = vec![0.0; 784];
        (values[30], values[5]) = (1.5, -0.25);
        Attribution { method, attacked: true, class: 3, logit: 2.0, black: 0.75, values }
    }

    #[test]
    fn a_map_is_told_by_its_ends() {
        let said = attribution_text(&found(Method::Gradient), "3", &Format::default());
        let expected = "Gradient for class 3 on the adversarial input: highest 1.5 at row 2, column 3; lowest -0.25 at row 1, column 6.";
        assert_eq!(said, expected);
    }

    #[test]
    fn integrated_gradients_are_held_against_the_logits_gain() {
        let said = sum_text(&found(Method::Integrated));
        assert_eq!(said, "Sum 1.25; the logit is 2, on black 0.75: a gain of 1.25.");
        assert_eq!(sum_text(&found(Method::Occlusion)), "Logit 2.");
    }
}
