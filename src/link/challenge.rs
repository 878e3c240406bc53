//! The challenge of a link: a drawing is to be hard to fool, and the figure of another one may have to be beaten.

use super::{
    Drawing, Input, Settings,
    value::{number, whole},
};
use serde::{Deserialize, Serialize};

/// Pixels of the pad before the dataset's own are known: MNIST's.
const PIXELS: usize = 28 * 28;
/// Most classes.
const MOST_CLASSES: u32 = 1000;

/// What the visitor is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Challenge {
    /// To draw, and see at which radius the drawing falls.
    Draw,
    /// To look at what a friend has drawn, which is the input, before drawing a tougher one.
    Friend,
    /// To draw one of this class that falls beyond this radius.
    Beat {
        /// The class.
        class: u32,
        /// The radius.
        eps: f64,
    },
}

impl Challenge {
    /// Its word in the link: `draw`, `friend`, or the class and the radius to beat, `3:0.116`.
    pub fn text(&self) -> String {
        match self {
            Challenge::Draw => "draw".into(),
            Challenge::Friend => "friend".into(),
            Challenge::Beat { class, eps } => format!("{class}:{eps}"),
        }
    }

    /// The challenge behind a word.
    pub fn read(text: &str) -> Option<Challenge> {
        match text {
            "draw" => Some(Challenge::Draw),
            "friend" => Some(Challenge::Friend),
            _ => {
                let (class, eps) = text.split_once(':')?;
                let (class, eps) = (whole(class, 0, MOST_CLASSES)?.ok()?, number(eps).filter(|eps| *eps >= 0.0)?);
                Some(Challenge::Beat { class, eps })
            }
        }
    }
}

impl Settings {
    /// An empty pad, where a challenge begins that names no input.
    pub(super) fn begin_challenge(&mut self) {
        if matches!(self.challenge, Some(Challenge::Draw | Challenge::Beat { .. })) {
            self.input = blank(PIXELS);
        }
    }
}

/// An empty pad of so many pixels.
pub(super) fn blank(pixels: usize) -> Input {
    Drawing::new(&vec![0; pixels]).map_or(Input::Test(0), Input::Draw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_challenge_comes_back_and_what_is_none_is_refused() {
        for challenge in [Challenge::Draw, Challenge::Friend, Challenge::Beat { class: 3, eps: 0.1171875 }] {
            assert_eq!(Challenge::read(&challenge.text()), Some(challenge));
        }
        for text in ["", "none", "3", "3:", ":0.1", "3:-1", "-3:0.1", "3.5:0.1", "3:nan", "99999:1", "draw:3"] {
            assert_eq!(Challenge::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_challenge_without_an_input_begins_with_an_empty_pad() {
        for fragment in ["challenge=draw", "challenge=3:0.1&eps=0"] {
            let (settings, remarks) = Settings::read(fragment);
            assert_eq!((settings.input, remarks), (blank(PIXELS), vec![]), "{fragment}");
        }
        for fragment in ["challenge=draw&input=test:4", "challenge=friend&input=test:4", "input=test:4"] {
            assert_eq!(Settings::read(fragment).0.input, Input::Test(4), "{fragment}");
        }
        let (mut settings, _) = Settings::read("challenge=draw&input=test:4");
        settings.update_fragment("eps=0.1");
        assert_eq!((settings.challenge, settings.input), (Some(Challenge::Draw), Input::Test(4)));
        settings.update_fragment("challenge=none");
        assert_eq!(settings, Settings { input: Input::Test(4), eps: Some(0.1), ..Settings::default() });
    }
}
