//! Codes as they come out of chats and mails.

use super::*;
use crate::lessons::code::Answered;
use proptest::prelude::*;

fn answers(name: &str, lesson: &str, tries: u8) -> Answers {
    let given = |choice, right| Some(Given { choice, right, tries });
    let steps = vec![given(2, true), given(0, false), None, given(1, true)];
    Answers { name: name.into(), lessons: vec![Answered { id: lesson.into(), steps }] }
}

fn names(found: &Collected) -> Vec<&str> {
    found.answers.iter().map(|one| one.name.as_str()).collect()
}

#[test]
fn codes_are_found_with_other_text_around() {
    let [anna, ben, cem] = ["Anna", "Ben", "Cem"].map(|name| answers(name, "what-is", 1).code());
    let text = format!(
        "Hi, here is mine: {anna}\n> On Monday Ben wrote:\n> \"{ben}\".\nwell-known half-truths, FP1 and all\n({})\n{anna}",
        cem.to_lowercase()
    );
    let found = collect(&text).unwrap();
    assert_eq!((names(&found), found.wrong.len(), found.twice), (vec!["Anna", "Ben", "Cem"], 0, 1));
}

#[test]
fn a_code_that_a_program_broke_is_put_together() {
    let code = answers("Anna with a long name", "what-is", 1).code();
    let cut = code.match_indices('-').nth(3).unwrap().0 + 1;
    for gap in ["\n", "\r\n", "\n> ", "\n>> ", " ", "\u{200b}"] {
        let found = collect(&format!("x {}{gap}{} and more\nFP", &code[..cut], &code[cut..])).unwrap();
        assert_eq!((names(&found), found.wrong.len()), (vec!["Anna with a long name"], 0), "{gap:?}");
    }
    for dash in ["\u{2011}", "\u{2013}", "--"] {
        assert_eq!(names(&collect(&code.replace('-', dash)).unwrap()), ["Anna with a long name"], "{dash}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let code = answers("Anna", "what-is", 1).code();
    let last = code.rfind('-').unwrap();
    let text = format!(
        "{code}\nlate: {}\n\n{}\n{}\n{}",
        &code[..last],
        code.replacen("FP1", "FQ1", 1),
        code.replacen("FP1", "FP7", 1),
        code.replacen("-0", "-U", 1)
    );
    let found = collect(&text).unwrap();
    let told: Vec<_> = found.wrong.iter().map(|wrong| (wrong.line, wrong.why.to_string())).collect();
    assert_eq!((found.answers.len(), &*found.wrong[0].begins), (1, &code[..SHOWN]));
    for ((line, said), (wanted, why)) in
        told.iter().zip([(2, "cut off"), (4, "does not begin"), (5, "version 7"), (6, "“U” in group")])
    {
        assert!(*line == wanted && said.contains(why), "{line}: {said}");
    }
    assert_eq!(told.len(), 4);
    let cut = &code[..code.match_indices('-').nth(2).unwrap().0 + 1];
    let found = collect(&format!("{cut}\n> {code}")).unwrap();
    assert_eq!((names(&found), found.wrong.len()), (vec!["Anna"], 1), "a code that is cut off takes no other along");
}

#[test]
fn limits_are_held() {
    assert_eq!(collect(&"a".repeat(LONGEST + 1)), Err(LONGEST + 1));
    let many: Vec<String> = (0..MOST + 7).map(|at| answers(&format!("{at}"), "a", 1).code()).collect();
    let found = collect(&many.join("\n")).unwrap();
    assert_eq!((found.answers.len(), found.left), (MOST, 7));
    let long = collect(&format!("FP1-{}", "0".repeat(LONGEST - 10))).unwrap();
    assert!(matches!(long.wrong[0].why, Wrong::Long { .. }), "{long:?}");
    assert_eq!(collect(&"FP1-".repeat(60_000)).unwrap().answers, []);
    assert_eq!(collect(&"FP1-\n".repeat(50_000)).unwrap().answers, []);
}

#[test]
fn a_class_is_a_table_a_lesson() {
    let (mut anna, ben) = (answers("Anna", "b", 1), answers("Ben", "a", 3));
    anna.lessons.push(Answered { id: "a".into(), steps: vec![Some(Given { choice: 0, right: true, tries: 1 })] });
    let all = [anna, ben];
    let tables = tables(&all, &["a".into()]);
    let shape: Vec<_> = tables.iter().map(|table| (table.lesson, table.questions, table.rows.len())).collect();
    assert_eq!(shape, [("a", 4, 2), ("b", 4, 1)]);
    assert_eq!([tables[0].right(0), tables[0].right(1), tables[0].right(3), tables[0].right(9)], [2, 0, 1, 0]);
}

#[test]
fn the_csv_has_a_line_a_question_and_no_formulas() {
    let mut all = [answers("=HYPERLINK(\"x\")", "a", 2)];
    all[0].lessons[0].steps.truncate(3);
    let words = |lesson: &str, step: usize| {
        assert_eq!(lesson, "a");
        (step < 2).then(|| (format!("What, {step}?"), vec!["no".into(), "n".into(), "yes".into()]))
    };
    let lines = [
        "name,lesson,step,result,tries,question,answer",
        "\"'=HYPERLINK(\"\"x\"\")\",a,1,right,2,\"What, 0?\",yes",
        "\"'=HYPERLINK(\"\"x\"\")\",a,2,wrong,2,\"What, 1?\",no",
        "\"'=HYPERLINK(\"\"x\"\")\",a,3,open,,,",
        "",
    ];
    assert_eq!(csv(&all, words), lines.join("\r\n"));
}

proptest! {
    #[test]
    fn any_text_is_searched(text in "(\\PC|\n|FP1-|-){0,300}") {
        let found = collect(&text).unwrap();
        prop_assert!(found.wrong.iter().all(|wrong| wrong.line <= text.matches('\n').count() + 1));
    }

    #[test]
    fn a_code_is_found_in_any_sentence(before in "[a-z ,.!?>\n]{0,40} ", after in " [a-z ,.!?>\n]{0,40}") {
        let wanted = answers("Anna", "what-is", 1);
        let found = collect(&format!("{before}{}{after}", wanted.code())).unwrap();
        prop_assert_eq!((found.answers, found.wrong), (vec![wanted], vec![]));
    }
}
