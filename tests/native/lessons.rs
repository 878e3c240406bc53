//! Every lesson that ships, in every language: it can be read, each link in it is taken as it is, each number in its text
//! is marked as a claim, and each claim about an attack or an evaluation is recomputed by the same code as the page's.
//! A translation has the links, claims and right answers of its original, so what costs time is done for that alone.

mod recompute;
mod text;
mod translated;
mod uses;

use foolproof::{
    lessons::{
        claim::Claim,
        index,
        lesson::{Block, Inline, Lesson, Step, plain},
        read, route,
    },
    link::Settings,
};
use recompute::Laboratory;
use text::{ORIGINAL, claims, flat, ids, languages, lessons, links, names, notes, runs, teachers};
use translated::differences;

/// Where a paper can be read.
const PAPERS: [&str; 4] = ["https://arxiv.org/", "https://doi.org/", "https://openreview.net/", "https://proceedings."];

/// Fails with every offence, one a line.
fn check(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "\n{rule}\n  {}\n", offences.join("\n  "));
}

/// What a rule says of each step, in every language.
fn of_steps(rule: &str, offence: impl Fn(&Lesson, u32, &Step) -> Vec<String>) {
    check(rule, languages().iter().flat_map(|language| of_steps_in(language, &offence)).collect());
}

/// What a rule says of each step in one language.
fn of_steps_in(language: &str, offence: impl Fn(&Lesson, u32, &Step) -> Vec<String>) -> Vec<String> {
    let mut offences = Vec::new();
    for lesson in lessons(language) {
        for (number, step) in (1u32..).zip(&lesson.steps) {
            let place = format!("{language}/{}.md, line {} (step {number})", lesson.id, step.line);
            offences.extend(offence(&lesson, number, step).into_iter().map(|said| format!("{place}: {said}")));
        }
    }
    offences
}

#[test]
fn there_are_eight_to_thirteen_lessons_of_four_to_seven_steps() {
    let lessons = lessons(ORIGINAL);
    assert!((8..=13).contains(&lessons.len()));
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
    let offence = |lesson: &Lesson, number, step: &Step| {
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
    };
    let rule = "A state or a link names something that does not exist or is out of range.";
    check(rule, of_steps_in(ORIGINAL, offence));
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
                    let number = word.trim_matches(|letter: char| !letter.is_ascii_digit()).replace(',', ".");
                    let counts = number.starts_with(|letter: char| letter.is_ascii_digit());
                    let share = word.contains('%') || words.peek().is_some_and(|next| next.starts_with('%'));
                    if counts && (share || number.contains('.')) && number.parse::<f64>().is_ok() {
                        found.push(number);
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
    let offence = |lesson: &Lesson, number, step: &Step| {
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
    };
    check("A claim does not hold.", of_steps_in(ORIGINAL, offence));
    assert!(counted.get() >= 60, "only {} claims were recomputed", counted.get());
}

#[test]
fn every_language_has_every_lesson_and_no_other_file() {
    assert!(languages().len() > 1 && languages().contains(&ORIGINAL.to_owned()));
    let pages = names("texts").into_iter().filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
    check("The page has a language that its lessons lack.", pages.filter(|page| !languages().contains(page)).collect());
    let files = |id: &String| [format!("{id}.md"), format!("{}.md", index::notes(id))];
    let mut wanted: Vec<String> = ids(ORIGINAL).iter().flat_map(files).collect();
    wanted.extend(["index.json".to_owned(), "teachers.md".to_owned()]);
    wanted.sort();
    for language in languages() {
        assert_eq!(ids(&language), ids(ORIGINAL), "{language}/index.json");
        assert_eq!(names(&format!("lessons/{language}")), wanted, "{language}");
        assert!(teachers(&language).steps.iter().all(|part| !part.body.is_empty() && part.question.is_none()));
    }
}

#[test]
fn teachers_are_told_the_time_and_the_pitfalls_of_each_step() {
    let mut offences = Vec::new();
    for language in languages() {
        for (lesson, note) in lessons(&language).iter().zip(notes(&language)) {
            let mut has = |what: &str, right: bool| {
                if !right {
                    offences.push(format!("{language}/{}.md: {what}", note.id));
                }
            };
            has("a part for the time before, and one a step", note.steps.len() == lesson.steps.len() + 1);
            has("nothing but texts", note.steps.iter().all(|part| !part.body.is_empty() && part.question.is_none()));
            has("a time a step", note.times.len() == lesson.steps.len());
            has("the lesson's minutes in all", note.times.iter().sum::<u32>() == lesson.minutes);
            // What is measured here would be recomputed by nothing.
            let mut known = String::new();
            for step in &lesson.steps {
                known.push_str(&format!("&{}", step.state));
                links(step).iter().for_each(|keys| known.push_str(&format!("&{keys}")));
            }
            let known: Vec<&str> = known.split(['&', '=', ',', ':']).collect();
            let measured = note.steps.iter().flat_map(runs).flat_map(bare);
            has("no measured numbers", measured.filter(|number| !known.contains(&number.as_str())).count() == 0);
        }
    }
    check("What teachers read beside a lesson fits it.", offences);
}

#[test]
fn a_translation_differs_from_its_original_in_words_alone() {
    let all = |language: &str| lessons(language).into_iter().chain(notes(language)).chain([teachers(language)]);
    for language in languages().iter().filter(|language| *language != ORIGINAL) {
        let pairs = all(ORIGINAL).zip(all(language));
        let found = pairs.flat_map(|(original, other)| differences(&original, &other));
        check("A translation is not its original.", found.map(|said| format!("{language}/{said}")).collect());
    }
}

#[test]
fn what_a_translation_lost_is_found() {
    const TEXT: &str = "---\ntitle: A title\nminutes: 5\ngoals:\n- See it.\n---\n## A\n```state\npage=attack\n```\n\
        It says [91 %](claim:clean.label~0.02), paper [P](https://arxiv.org/1), `auto`.\n\n> Try [more](#eps=.2).\n\n\
        ### What is it?\n- [ ] A seven\n  No.\n- [x] A three\n  Yes.\n";
    let original = read::lesson("a", TEXT).unwrap();
    let said = |changes: &[(&str, &str)]| {
        let text = changes.iter().fold(TEXT.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
        differences(&original, &read::lesson("a", &text).unwrap()).join("\n")
    };
    let german = ("It says", "Es sagt dabei");
    let (goal, question) = (("See it", "Sieh es"), ("What is it", "Was ist das"));
    assert_eq!(said(&[german, goal, question]), "");
    for (change, what) in [
        (("See", "See"), "goal is not translated"),
        (("minutes: 5", "minutes: 6"), "other minutes"),
        (("page=attack", "page=learn"), "another state"),
        (("91 %", "92 %"), "other numbers"),
        (("0.02", "0.03"), "other links or claims"),
        (("#eps=.2", "#eps=.3"), "other links or claims"),
        (("arxiv.org/1", "arxiv.org/2"), "other links or claims"),
        (("`auto`", "auto"), "other links or claims"),
        (("> Try", "Try"), "another kind"),
        (("\n\n> Try", "\n\nNew.\n\n> Try"), "number of paragraphs"),
        (("[x] A three\n  Yes.\n", "[x] A three\n  Yes.\n- [ ] A two\n  No.\n"), "other answers"),
        (("Was ist das", "What is it"), "not translated"),
    ] {
        let mut changes = vec![german, question];
        if change.0 != "See" {
            changes.push(goal);
        }
        changes.push(change);
        assert!(said(&changes).contains(what), "{change:?}: {}", said(&changes));
    }
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
