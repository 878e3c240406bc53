//! Lessons as they should be, as they should not, and bytes that are nothing at all.

use super::*;
use crate::lessons::lesson::Choice;
use proptest::prelude::*;

const FRONT: &str = "---\ntitle: Test\nminutes: 5\ngoals:\n- See.\n---\n";
const STEP: &str = "## One\n\n```state\npage=attack&\neps=.1\n```\n\nText with [a paper](https://arxiv.org/abs/1412.6572).\n\n\
    > Try [more](#eps=.3).\n\n- an item\n- another\n\n### Really?\n- [ ] No\n  It is **not**.\n- [x] Yes, `it`\n  It [is 7](claim:clean.label).\n";

fn whole() -> String {
    format!("{FRONT}{STEP}")
}

#[test]
fn a_lesson_is_read() {
    let lesson = lesson("test", &whole()).unwrap();
    let step = lesson.step(1).unwrap();
    assert_eq!((lesson.title.as_str(), lesson.minutes, lesson.last(), lesson.questions()), ("Test", 5, 1, 1));
    assert_eq!((step.title.as_str(), step.state.as_str(), step.line), ("One", "page=attack&eps=.1", 7));
    assert!(
        matches!(&step.body[..], [Block::Paragraph(_), Block::Try(_), Block::List(false, items)] if items.len() == 2)
    );
    let question = step.question.as_ref().unwrap();
    let said = |choice: &Choice| (plain(&choice.text), plain(&choice.feedback), choice.right);
    let choices: Vec<_> = question.choices.iter().map(said).collect();
    assert_eq!(choices[0], ("No".into(), "It is not.".into(), false));
    assert_eq!(choices[1], ("Yes, it".into(), "It is 7.".into(), true));
    assert!(lesson.step(0).is_none() && lesson.step(2).is_none());
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let broken = |from: &str, to: &str| lesson("test", &whole().replace(from, to)).unwrap_err();
    for (from, to, line, why) in [
        ("Text with", "<b>Text</b>", 14, "raw HTML"),
        ("Text with", "<script>\n\nText", 14, "raw HTML"),
        ("[a paper](https:", "[a paper](javascript:", 14, "none of https:"),
        ("[a paper](https:", "![a picture](https:", 14, "made live"),
        ("eps=.1\n", "eps=NaN\n", 9, "eps “NaN”"),
        ("eps=.1\n", "theme=dark\n", 9, "theme is the visitor's own"),
        ("eps=.1\n", "lesson.uses=eps,frobnicate\n", 9, "lesson.uses “eps,frobnicate”"),
        ("#eps=.3", "#lesson.uses=eps", 16, "lesson.uses “eps”"),
        ("#eps=.3", "#frobnicate=1", 16, "“frobnicate”"),
        ("- another", "  - another", 18, "a list in a list"),
        ("[x]", "[ ]", 21, "one of them is right"),
        ("\n  It is **not**.", "", 22, "second line"),
        ("[ ] No", "No", 22, "begins with a box"),
        ("claim:clean.label", "claim:", 24, "names no place"),
        ("### Really?", "#### Really?", 21, "not taken here"),
        ("## One", "One", 7, "before the first step"),
        ("minutes: 5\n", "", 1, "no minutes"),
    ] {
        let said = broken(from, to);
        assert!(said.why.contains(why), "{to}: {said}");
        // Where exactly a question ends is the parser's business.
        assert!(said.line.abs_diff(line) <= 4, "{to}: {said}, not line {line}");
    }
}

#[test]
fn a_step_without_state_or_question_is_no_lesson_but_a_document() {
    let text = format!("{FRONT}## One\nText.\n");
    assert!(lesson("test", &text).unwrap_err().why.contains("state"));
    assert_eq!(document("test", &text).unwrap().questions(), 0);
    let asks_nothing = format!("{FRONT}## One\n```state\neps=.1\n```\n");
    assert!(lesson("test", &asks_nothing).unwrap_err().why.contains("asks nothing"));
    let twice = format!("{}\nMore.\n", whole());
    assert!(lesson("test", &twice).unwrap_err().why.contains("after the step's question"));
}

#[test]
fn limits_are_held_before_anything_grows() {
    let long = format!("{}{}", whole(), " ".repeat(LONGEST as usize));
    assert!(document("test", &long).unwrap_err().why.contains("longer than"));
    let many = format!("{FRONT}{}", "## A\n\n".repeat(MOST_STEPS + 1));
    assert!(document("test", &many).unwrap_err().why.contains("steps at most"));
    let paragraphs = format!("{FRONT}## A\n\n{}", "a\n\n".repeat(MOST_BLOCKS + 1));
    assert!(document("test", &paragraphs).unwrap_err().why.contains("paragraphs at most"));
    let deep = format!("{FRONT}## A\n\n{}a{}", "*a **b ".repeat(9), "** *".repeat(9));
    assert!(document("test", &deep).is_err() || document("test", &deep).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,300}") {
        let _ = document("test", &text);
        let _ = document("test", &format!("{FRONT}## A\n{text}"));
    }

    #[test]
    fn any_markdown_is_read_or_refused(parts in proptest::collection::vec(prop_oneof![
        Just("## "), Just("### "), Just("- [x] "), Just("- [ ] "), Just("\n"), Just("\n\n"), Just("  "), Just("> "),
        Just("```state\n"), Just("```\n"), Just("[a](#eps=.1)"), Just("[1](claim:a)"), Just("*"), Just("**"), Just("`"),
        Just("<b>"), Just("1. "), Just("![x](y)"), Just("word"), Just("---\n"), Just("&"), Just("[^1]"), Just("\t"),
    ], 0..60)) {
        let text = format!("{FRONT}## A\n{}", parts.concat());
        if let Err(wrong) = lesson("test", &text) {
            prop_assert!(wrong.line >= 1 && wrong.line <= text.lines().count() + 1);
        }
    }

    #[test]
    fn a_cut_lesson_is_read_or_refused(cut in 0usize..400) {
        let text = whole();
        if let Some(part) = text.get(..cut.min(text.len())) {
            let _ = lesson("test", part);
        }
    }
}
