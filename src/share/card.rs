//! The card that challenges a friend: what is written on it, what those are told who do not see it, and the words that go
//! with it.

use crate::attack::{
    challenge::{ChallengeResult, Reading, Whose},
    verdict::Verdict,
    words::answer,
};
use crate::i18n::tr_with;

/// A network's line on the card.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The network's name.
    pub name: String,
    /// What has come of the attack.
    pub verdict: Verdict,
    /// What it reads before and after.
    pub reads: String,
}

/// A line for each network, the chosen one first.
pub fn lines(result: &ChallengeResult) -> Vec<Line> {
    let line = |reading: &Reading| {
        let [before, after] = [&reading.clean, &reading.attacked].map(|read| answer(read, &result.classes));
        let verdict = match result.truth {
            Some(truth) if truth != reading.clean.label => Verdict::AlreadyWrong,
            _ if reading.has_fallen() => Verdict::Fooled,
            _ => Verdict::Held,
        };
        Line { name: reading.name.clone(), verdict, reads: format!("{before} → {after}") }
    };
    result.readings.iter().map(line).collect()
}

/// What has come of it, as a stranger reads it, a line a sentence.
pub fn title(result: &ChallengeResult) -> Vec<String> {
    result.sentences(Whose::This)
}

/// The question to a friend.
pub fn question(result: &ChallengeResult) -> String {
    tr_with("Can you draw a tougher {0}?", &[&result.class(result.label())])
}

/// The card in words.
pub fn alternative(result: &ChallengeResult) -> String {
    let of = |line: Line| {
        tr_with(
            "{0}, drawing, noise and what comes of them: {1}, {2}.",
            &[&line.name, &line.verdict.word(), &line.reads],
        )
    };
    let lines = lines(result).into_iter().map(of);
    title(result).into_iter().chain(lines).collect::<Vec<_>>().join(" ")
}

/// An address as people read it: without what their browser adds, and without the experiment.
pub fn plain_address(address: &str) -> &str {
    let page = address.split('#').next().unwrap_or_default();
    page.split_once("://").map_or(page, |(_, rest)| rest).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Settings;
    use foolproof_core::protocol::Prediction;

    fn reading(name: &str, robust: bool, clean: u32, attacked: u32) -> Reading {
        let read = |label| {
            let probabilities = (0..10).map(|class| if class == label { 0.91 } else { 0.01 }).collect();
            Prediction { label, probabilities }
        };
        let (clean, attacked) = (read(clean), read(attacked));
        Reading { name: name.into(), robust, clean, attacked, pixels: vec![0.5; 4] }
    }

    fn result(truth: Option<u32>) -> ChallengeResult {
        ChallengeResult {
            settings: Settings::default(),
            classes: (0..10).map(|class| class.to_string()).collect(),
            shape: [1, 2, 2],
            pixels: vec![0.5; 4],
            truth,
            figure: Some(0.116),
            most: 0.4,
            readings: vec![reading("Natural CNN", false, 3, 9), reading("Robust CNN", true, 3, 3)],
        }
    }

    #[test]
    fn a_card_says_what_each_network_reads() {
        let lines = lines(&result(None));
        assert_eq!(
            lines[0],
            Line { name: "Natural CNN".into(), verdict: Verdict::Fooled, reads: "3 (91 %) → 9 (91 %)".into() }
        );
        assert_eq!((lines[1].verdict, lines.len()), (Verdict::Held, 2));
        assert_eq!(super::lines(&result(Some(7)))[1].verdict, Verdict::AlreadyWrong);
        assert_eq!(question(&result(None)), "Can you draw a tougher 3?");
    }

    #[test]
    fn it_is_told_to_those_who_do_not_see_it() {
        let said = alternative(&result(None));
        assert!(said.starts_with("This 3 becomes a 9 at epsilon 0.116. The robust network still reads it."), "{said}");
        assert!(
            said.contains("Natural CNN, drawing, noise and what comes of them: Fooled, 3 (91 %) → 9 (91 %)."),
            "{said}"
        );
    }

    #[test]
    fn an_address_is_short() {
        assert_eq!(plain_address("https://example.org/fool/#v=1&eps=0.1"), "example.org/fool");
        assert_eq!(plain_address("http://127.0.0.1:8000/"), "127.0.0.1:8000");
    }
}
