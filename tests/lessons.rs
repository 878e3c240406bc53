//! Every lesson that ships: it can be read, each link in it is taken as it is, each number in its text is marked as a
//! claim, and each claim about an attack or an evaluation is recomputed by the same code as the page's.

#[path = "lessons/recompute.rs"]
mod recompute;

use foolproof::ui::{
    address::Settings,
    learn::{
        claim::Claim,
        course,
        lesson::{Block, Inline, Lesson, Step, plain},
        read, route,
    },
};
use recompute::Laboratory;
use std::path::PathBuf;

/// Where a paper can be read.
const PAPERS: [&str; 4] = ["https://arxiv.org/", "https://doi.org/", "https://openreview.net/", "https://proceedings."];

fn text(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("static").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lessons() -> Vec<Lesson> {
    let ids = course::read(&text(&course::list())).unwrap();
    let lesson = |id: &String| read::lesson(id, &text(&course::file(id))).unwrap_or_else(|wrong| panic!("{wrong}"));
    ids.iter().map(lesson).collect()
}

/// Every run of text of a step: paragraphs, items, question, choices, feedback.
fn runs(step: &Step) -> Vec<&[Inline]> {
    let mut all: Vec<&[Inline]> = Vec::new();
    for block in &step.body {
        match block {
            Block::Paragraph(run) => all.push(run),
            Block::Try(runs) | Block::List(_, runs) => all.extend(runs.iter().map(Vec::as_slice)),
            Block::Code(_) => {}
        }
    }
    if let Some(question) = &step.question {
        all.push(&question.text);
        all.extend(question.choices.iter().flat_map(|choice| [&choice.text[..], &choice.feedback[..]]));
    }
    all
}

/// Everything in a run, what is inside other things too.
fn flat(run: &[Inline]) -> Vec<&Inline> {
    let mut all = Vec::new();
    for inline in run {
        all.push(inline);
        match inline {
            Inline::Strong(inner)
            | Inline::Emphasis(inner)
            | Inline::Web(_, inner)
            | Inline::Keys(_, inner)
            | Inline::Claim(_, inner) => all.extend(flat(inner)),
            Inline::Text(_) | Inline::Break | Inline::Code(_) => {}
        }
    }
    all
}

fn claims(step: &Step) -> Vec<&Claim> {
    let found = runs(step).into_iter().flat_map(flat);
    found.filter_map(|inline| if let Inline::Claim(claim, _) = inline { Some(&**claim) } else { None }).collect()
}

fn links(step: &Step) -> Vec<&str> {
    let found = runs(step).into_iter().flat_map(flat);
    found.filter_map(|inline| if let Inline::Keys(keys, _) = inline { Some(keys.as_str()) } else { None }).collect()
}

/// Fails with every offence, one a line.
fn check(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "\n{rule}\n  {}\n", offences.join("\n  "));
}

/// What a rule says of each step.
fn of_steps(rule: &str, offence: impl Fn(&Lesson, u32, &Step) -> Vec<String>) {
    let mut offences = Vec::new();
    for lesson in lessons() {
        for (number, step) in (1u32..).zip(&lesson.steps) {
            let place = format!("{}.md, line {} (step {number})", lesson.id, step.line);
            offences.extend(offence(&lesson, number, step).into_iter().map(|said| format!("{place}: {said}")));
        }
    }
    check(rule, offences);
}

#[test]
fn there_are_eight_to_ten_lessons_of_four_to_seven_steps() {
    let lessons = lessons();
    assert!((8..=10).contains(&lessons.len()));
    let long = lessons.iter().filter(|lesson| !(4..=7).contains(&lesson.last()) || lesson.goals.is_empty());
    check("A lesson has goals and four to seven steps.", long.map(|lesson| lesson.id.clone()).collect());
}

#[test]
fn every_step_says_what_to_try_and_names_a_paper() {
    of_steps("A step says what to try and links a paper.", |_, _, step| {
        let tries = step.body.iter().any(|block| matches!(block, Block::Try(_)));
        let all = runs(step).into_iter().flat_map(flat);
        let mut webs = all.filter_map(|inline| if let Inline::Web(to, _) = inline { Some(to) } else { None });
        let paper = webs.any(|to| PAPERS.iter().any(|host| to.starts_with(host)));
        [(tries, "nothing to try"), (paper, "no paper")].iter().filter(|one| !one.0).map(|one| one.1.into()).collect()
    });
}

#[test]
fn every_link_is_taken_as_it_is() {
    let laboratory = Laboratory::open();
    of_steps("A state or a link names something that does not exist or is out of range.", |lesson, number, step| {
        let begun = route::begin(&Settings::default(), lesson, number).unwrap();
        let mut offences = laboratory.remarks(&begun);
        let (again, remarks) = Settings::read(&begun.fragment());
        if again != begun || !remarks.is_empty() {
            offences.push("the state does not survive its link".into());
        }
        let keys = links(step).into_iter().chain(claims(step).into_iter().map(|claim| claim.keys.as_str()));
        for keys in keys.filter(|keys| !keys.is_empty()) {
            offences.extend(
                laboratory.remarks(&route::with(&begun, keys)).into_iter().map(|said| format!("#{keys}: {said}")),
            );
        }
        offences
    });
}

#[test]
fn every_number_that_can_be_recomputed_is_a_claim() {
    of_steps("A number is neither a claim nor a value of the step's state or links.", |_, _, step| {
        let mut known = step.state.clone();
        links(step).iter().for_each(|keys| known.push_str(&format!("&{keys}")));
        claims(step).iter().for_each(|claim| known.push_str(&format!("&{}", claim.keys)));
        let wrong = |run: &&[Inline]| {
            let choices = step.question.iter().flat_map(|question| &question.choices);
            choices.filter(|choice| !choice.right).any(|choice| std::ptr::eq(&choice.text[..], *run))
        };
        let known: Vec<&str> = known.split(['&', '=', ',', ':']).collect();
        // A wrong answer may say any number.
        runs(step)
            .into_iter()
            .filter(|run| !wrong(run))
            .flat_map(|run| {
                bare(run).into_iter().filter(|number| !known.contains(&number.as_str())).collect::<Vec<_>>()
            })
            .collect()
    });
}

/// Numbers of a run that are measured ones by their look, with decimals or per cent, outside claims, links and code.
fn bare(run: &[Inline]) -> Vec<String> {
    let mut found = Vec::new();
    for inline in run {
        match inline {
            Inline::Text(text) => {
                let mut words = text.split_whitespace().peekable();
                while let Some(word) = words.next() {
                    let number = word.trim_matches(|letter: char| !letter.is_ascii_digit());
                    let counts = number.starts_with(|letter: char| letter.is_ascii_digit());
                    let share = word.contains('%') || words.peek().is_some_and(|next| next.starts_with('%'));
                    if counts && (share || number.contains('.')) && number.parse::<f64>().is_ok() {
                        found.push(number.to_owned());
                    }
                }
            }
            Inline::Strong(inner) | Inline::Emphasis(inner) => found.extend(bare(inner)),
            Inline::Break | Inline::Code(_) | Inline::Web(..) | Inline::Keys(..) | Inline::Claim(..) => {}
        }
    }
    found
}

#[test]
fn every_claim_is_recomputed_and_holds() {
    let laboratory = Laboratory::open();
    let counted = std::cell::Cell::new(0);
    of_steps("A claim does not hold.", |lesson, number, step| {
        let begun = route::begin(&Settings::default(), lesson, number).unwrap();
        let judge = |claim: &&Claim| {
            let settings = if claim.keys.is_empty() { begun.clone() } else { route::with(&begun, &claim.keys) };
            let Some(result) = laboratory.result(&settings) else {
                return Some(format!("{} {} is recomputed by nothing", claim.keys, claim.path));
            };
            counted.set(counted.get() + 1);
            claim.check(&result).err().map(|why| format!("{} | {why}", claim.keys))
        };
        claims(step).iter().filter_map(judge).collect()
    });
    assert!(counted.get() >= 60, "only {} claims were recomputed", counted.get());
}

#[test]
fn every_file_of_the_folder_is_a_lesson_or_the_teachers_text() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("static").join(course::FOLDER);
    let ids = course::read(&text(&course::list())).unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().to_string_lossy().into_owned();
        let known = name.strip_suffix(".md").is_some_and(|id| id == "teachers" || ids.iter().any(|known| known == id));
        assert!(known || name == "index.json", "{name} is in no list");
    }
    let teachers =
        read::document("teachers", &text(&course::file("teachers"))).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert!(teachers.steps.iter().all(|part| !part.body.is_empty() && part.question.is_none()));
}

#[test]
fn texts_are_short_and_answers_differ() {
    of_steps("A step is one short text, and its answers are different.", |_, _, step| {
        let words: usize = step
            .body
            .iter()
            .map(|block| match block {
                Block::Paragraph(run) => plain(run).split_whitespace().count(),
                Block::Try(runs) | Block::List(_, runs) => {
                    runs.iter().map(|run| plain(run).split_whitespace().count()).sum()
                }
                Block::Code(_) => 0,
            })
            .sum();
        let choices: Vec<String> =
            step.question.iter().flat_map(|question| &question.choices).map(|choice| plain(&choice.text)).collect();
        let twice = choices.iter().enumerate().any(|(at, choice)| choices[..at].contains(choice));
        let long = (words > 150).then(|| format!("{words} words"));
        long.into_iter().chain(twice.then(|| "an answer is there twice".into())).collect()
    });
}
