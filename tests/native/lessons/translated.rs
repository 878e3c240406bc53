//! What a translated lesson shares with its original: everything but the words.

use super::text::flat;
use foolproof::lessons::lesson::{Block, Choice, Inline, Lesson, Step, plain};

/// Texts with fewer words than this may be the same in two languages: numbers, names.
const WORDS: usize = 3;

/// Where a translation says or does something else than its original, one difference a line.
pub fn differences(original: &Lesson, other: &Lesson) -> Vec<String> {
    let mut found = Vec::new();
    let mut same = |what: &str, equal: bool| {
        if !equal {
            found.push(format!("{}.md: {what}", other.id));
        }
    };
    same("other minutes", (original.minutes, &original.times) == (other.minutes, &other.times));
    same("another number of goals", original.goals.len() == other.goals.len());
    same("the title is not translated", wordy(&original.title) < WORDS || original.title != other.title);
    let kept = original.goals.iter().any(|goal| other.goals.contains(goal));
    same("a goal is not translated", !kept);
    same("another number of steps", original.steps.len() == other.steps.len());
    for (number, (one, two)) in original.steps.iter().zip(&other.steps).enumerate() {
        let place = format!("{}.md, line {} (step {})", other.id, two.line, number + 1);
        found.extend(of_step(one, two).into_iter().map(|said| format!("{place}: {said}")));
    }
    found
}

fn of_step(one: &Step, two: &Step) -> Vec<String> {
    let mut found = Vec::new();
    if one.state != two.state {
        found.push("another state".into());
    }
    if one.body.len() != two.body.len() {
        found.push("another number of paragraphs".into());
    }
    found.extend(one.body.iter().zip(&two.body).flat_map(|(one, two)| of_block(one, two)));
    match (&one.question, &two.question) {
        (None, None) => {}
        (Some(one), Some(two)) => {
            found.extend(of_run(&one.text, &two.text));
            let right = |choices: &[Choice]| choices.iter().map(|choice| choice.right).collect::<Vec<_>>();
            if right(&one.choices) != right(&two.choices) {
                found.push("other answers are right".into());
            }
            for (one, two) in one.choices.iter().zip(&two.choices) {
                found.extend(of_run(&one.text, &two.text));
                found.extend(of_run(&one.feedback, &two.feedback));
            }
        }
        _ => found.push("only one of the two asks something".into()),
    }
    found
}

fn of_block(one: &Block, two: &Block) -> Vec<String> {
    let (one, two) = match (one, two) {
        (Block::Paragraph(one), Block::Paragraph(two)) => return of_run(one, two),
        (Block::Code(one), Block::Code(two)) if one == two => return Vec::new(),
        (Block::Try(one), Block::Try(two)) => (one, two),
        (Block::List(first, one), Block::List(second, two)) if first == second => (one, two),
        _ => return vec![format!("another kind of paragraph, or other code: {two:?}")],
    };
    if one.len() != two.len() {
        return vec![format!("{} items instead of {}", two.len(), one.len())];
    }
    one.iter().zip(two).flat_map(|(one, two)| of_run(one, two)).collect()
}

/// Word order is the language's own, so what must be the same is compared in a sorted list.
fn of_run(one: &[Inline], two: &[Inline]) -> Vec<String> {
    let said = plain(two);
    let mut found = Vec::new();
    for (what, of) in [("links or claims", fixed as fn(&[Inline]) -> Vec<String>), ("numbers", numbers)] {
        let (one, two) = (of(one), of(two));
        if one != two {
            found.push(format!("other {what}, {two:?} instead of {one:?}, in “{said}”"));
        }
    }
    if wordy(&said) >= WORDS && said == plain(one) {
        found.push(format!("not translated: “{said}”"));
    }
    found
}

/// What no language changes: links, claims with values and tolerances, papers, and code that is one name.
fn fixed(run: &[Inline]) -> Vec<String> {
    let mut all: Vec<String> = flat(run)
        .into_iter()
        .filter_map(|inline| match inline {
            Inline::Keys(keys, _) => Some(format!("#{keys}")),
            Inline::Claim(claim, _) => Some(format!("{claim:?}")),
            Inline::Web(to, _) => Some(to.clone()),
            Inline::Code(code) if !code.contains(' ') => Some(format!("`{code}`")),
            _ => None,
        })
        .collect();
    all.sort();
    all
}

/// The numbers of a text, with a point whatever the language's decimal mark is.
fn numbers(run: &[Inline]) -> Vec<String> {
    let text = plain(run);
    let parts = text.split(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',');
    let mut all: Vec<String> = parts
        .map(|part| part.trim_matches(['.', ',']).replace(',', "."))
        .filter(|part| part.contains(|letter: char| letter.is_ascii_digit()))
        .collect();
    all.sort();
    all
}

/// How many words of letters a text has.
fn wordy(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() > 1).count()
}
