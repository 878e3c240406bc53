//! What the steps say that they use, and how their texts count pictures.

use super::{
    check, of_steps, of_steps_in,
    text::{ORIGINAL, flat, runs},
};
use foolproof::lessons::{
    lesson::{Inline, Lesson, Step, plain},
    route,
};

/// The links of a step that set keys, with their words.
fn links(step: &Step) -> Vec<(Vec<(String, String)>, String)> {
    let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    let all = runs(step).into_iter().flat_map(flat);
    let link = |inline: &Inline| match inline {
        Inline::Keys(keys, words) => Some((keys.split('&').filter_map(pair).collect(), plain(words))),
        _ => None,
    };
    all.filter_map(link).collect()
}

#[test]
fn every_step_says_what_it_uses() {
    of_steps("A step does not say what it uses.", |_, _, step| {
        let uses = route::uses(step);
        let mut said = Vec::new();
        if uses.is_empty() {
            said.push("it has no lesson.uses".to_owned());
        }
        // The gallery is a part of the panel of inputs.
        if ["gallery", "draw", "upload", "mask"].iter().any(|part| uses.contains(*part)) && !uses.contains("input") {
            said.push("a part of the input is used without the input".to_owned());
        }
        said
    });
}

#[test]
fn what_a_text_changes_is_seen_beside_it() {
    of_steps("A link of a step changes what the step hides.", |_, _, step| {
        let uses = route::uses(step);
        // Of an attack the line about it says which one it is.
        let seen = |key: &str| match key {
            "input" => uses.contains("gallery"),
            "attack" => uses.contains("attack") || uses.contains("card"),
            key => uses.contains(key),
        };
        let hidden = |(keys, words): (Vec<(String, String)>, String)| {
            let pictures = keys.iter().any(|(key, _)| key == "input") && !seen("input");
            let all = !keys.iter().any(|(key, _)| seen(key));
            (pictures || all).then(|| format!("“{words}”"))
        };
        links(step).into_iter().filter_map(hidden).collect()
    });
}

/// A number in these words that is not the one that people give to the picture of this index.
fn miscounted(words: &str, index: &str) -> bool {
    let index: usize = index.parse().unwrap();
    let parts = words.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.map(|part| part.parse::<usize>().unwrap()).any(|number| number != index + 1)
}

#[test]
fn pictures_are_counted_as_people_count() {
    of_steps("A picture is not called by the number that the page shows.", |_, _, step| {
        let of_link = |(keys, words): &(Vec<(String, String)>, String)| match &keys[..] {
            [(key, value)] if key == "input" => miscounted(words, value.trim_start_matches("test:")),
            _ => false,
        };
        let wrong = links(step).into_iter().filter(of_link).map(|(_, words)| format!("“{words}”"));
        // A number in the words of a claim about a flag is no figure.
        let claims = runs(step).into_iter().flat_map(flat).filter_map(|inline| match inline {
            Inline::Claim(claim, words) if claim.path == "success" => {
                let index = claim.keys.split('&').find_map(|key| key.strip_prefix("input=test:"))?;
                miscounted(&plain(words), index).then(|| format!("“{}”", plain(words)))
            }
            _ => None,
        });
        wrong.chain(claims).collect()
    });
    assert!(miscounted("image 18", "18") && !miscounted("image 19", "18") && !miscounted("this five", "8"));
}

/// How the texts speak of both networks of a dataset.
const BOTH: [&str; 3] = ["two models", "each model", "second network"];

#[test]
fn steps_about_one_network_show_one() {
    let rule = "A step shows two networks and speaks of one, or the other way round.";
    let offence = |_: &Lesson, _, step: &Step| {
        let words = runs(step).into_iter().map(plain).collect::<Vec<_>>().join(" ");
        let (two, shown) = (BOTH.iter().any(|both| words.contains(both)), route::uses(step).contains("beside"));
        let here = step.state.contains("page=attack") && two != shown;
        here.then(|| if two { "it does not use “beside”" } else { "it uses “beside”" }.to_owned()).into_iter().collect()
    };
    check(rule, of_steps_in(ORIGINAL, offence));
}
