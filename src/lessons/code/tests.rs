//! Codes there and back, and what becomes of them on the way.

use super::*;
use proptest::{collection::vec, option, prelude::*};

fn any_given() -> impl Strategy<Value = Given> {
    (0..MOST_CHOICES, any::<bool>(), 1..=MOST_TRIES).prop_map(|(choice, right, tries)| Given { choice, right, tries })
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let steps =
        vec(option::of(any_given()), 1..=MOST_STEPS).prop_filter("answered", |all| all.iter().any(Option::is_some));
    let lessons = proptest::collection::btree_map("[a-z][a-z0-9-]{0,20}", steps, 1..12);
    ("\\PC{0,60}", lessons).prop_map(|(name, lessons)| Answers {
        name: cleaned(&name),
        lessons: lessons.into_iter().map(|(id, steps)| Answered { id, steps }).collect(),
    })
}

/// What a code says, read as a whole.
fn read(code: &str) -> Result<Answers, Wrong> {
    let (beginning, rest) = code.split_once('-').ok_or(Wrong::Beginning)?;
    let letters: Vec<char> = rest.chars().filter(|letter| *letter != '-').collect();
    Answers::read(beginning.strip_prefix(BEGINNING).ok_or(Wrong::Beginning)?, &letters)
}

/// Anna's first lesson: the first question right at the second try, the second wrong, the third open.
fn anna() -> Answers {
    let given = |choice, right, tries| Some(Given { choice, right, tries });
    let steps = vec![given(2, true, 2), given(0, false, 1), None];
    Answers { name: "Anna Ä.".into(), lessons: vec![Answered { id: "what-is".into(), steps }] }
}

#[test]
fn a_code_stays_what_it_is() {
    // Codes that learners have sent must be read by later builds.
    assert_eq!(anna().code(), CODE);
    assert_eq!(read(CODE), Ok(anna()));
}

const CODE: &str = "FP1-00AGG-GBEDS-GJ1GW-45R3Q-ET31E-GPPJW-R3588-004B3-FR6G";

#[test]
fn a_code_is_made_of_what_was_answered() {
    let mut progress = Progress::default();
    progress.note("a", 1, 1, false);
    progress.note("a", 1, 2, true);
    for _ in 0..40 {
        progress.note("b", 2, 0, false);
    }
    let lessons = [("c", 3), ("b", 3), ("a", 2)];
    let made = Answers::new("  Kim \n\u{202e}B. ", &progress, lessons.into_iter());
    let given = |choice, right, tries| Some(Given { choice, right, tries });
    assert_eq!(made.name, "Kim B.");
    let wanted = [("b", vec![None, given(0, false, MOST_TRIES), None]), ("a", vec![given(2, true, 2), None])];
    assert_eq!(made.lessons, wanted.map(|(id, steps)| Answered { id: id.into(), steps }));
    assert_eq!(read(&made.code()), Ok(made));
}

#[test]
fn the_largest_is_written_and_read() {
    let steps = vec![Some(Given { choice: 7, right: true, tries: MOST_TRIES }); MOST_STEPS];
    let lesson = |at: usize| Answered { id: format!("{at:048}"), steps: steps.clone() };
    let all = Answers { name: "😀".repeat(LONGEST_NAME), lessons: (0..MOST_LESSONS).map(lesson).collect() };
    assert_eq!(read(&all.code()), Ok(all));
}

#[test]
fn what_is_wrong_is_told() {
    let code = anna().code();
    let told = |text: &str| read(text).unwrap_err().to_string();
    for (text, why) in [
        (code.replacen("FP1", "FP2", 1), "version 2"),
        (code.replacen("FP1", "FP", 1), "version ,"),
        (code[..20].to_owned(), "cut off"),
        ("FP1-".to_owned(), "cut off"),
        (format!("{code}0"), "letters and should have"),
        (code.replacen('-', "-U", 1), "“U” in group 1"),
        (format!("FP1-{}", "0".repeat(9000)), "9000 letters"),
    ] {
        assert!(told(&text).contains(why), "{text}: {}", told(&text));
    }
    // As a forger would write it: well made, and nothing that a page says.
    for bytes in [
        &b""[..],
        b"\x00",
        b"\x01a",
        b"\x01a\x01b",
        b"\x01a\x01b\x00",
        b"\x01a\x01b\x01\x00",
        b"\x01a\x01B\x01\x10",
        b"\x02a ",
    ] {
        assert_eq!(read(&format!("FP1-{}", letters::write(bytes))), Err(Wrong::Content), "{bytes:?}");
    }
    assert!(read(&format!("FP1-{}", letters::write(b"\x01a\x01b\x01\x10"))).is_ok());
}

proptest! {
    #[test]
    fn any_answers_survive_their_code(answers in any_answers()) {
        prop_assert_eq!(read(&answers.code()), Ok(answers));
    }

    #[test]
    fn any_one_changed_letter_is_found(answers in any_answers(), at in any::<prop::sample::Index>(), by in 1usize..32) {
        const LETTERS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut code = answers.code().into_bytes();
        let places: Vec<usize> = (0..code.len()).filter(|&at| code[at] != b'-').collect();
        let at = places[at.index(places.len())];
        let now = LETTERS.iter().position(|letter| *letter == code[at]);
        // The F of the beginning is a letter like any other.
        code[at] = LETTERS[(now.unwrap_or(0) + by) % LETTERS.len()];
        prop_assert!(read(std::str::from_utf8(&code).unwrap()).is_err());
    }

    #[test]
    fn any_one_missing_letter_is_found(answers in any_answers(), at in any::<prop::sample::Index>()) {
        let mut code = answers.code();
        let places: Vec<usize> = code.match_indices(|letter| letter != '-').map(|(at, _)| at).collect();
        code.remove(places[at.index(places.len())]);
        prop_assert!(read(&code).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}", letters in vec(prop::char::range('0', 'Z'), 0..80)) {
        let _ = read(&text);
        let _ = Answers::read("1", &text.chars().collect::<Vec<_>>());
        let _ = Answers::read("1", &letters);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        if let Ok(answers) = read(&format!("FP1-{}", letters::write(&bytes))) {
            prop_assert_eq!(answers.bytes(), bytes);
        }
    }
}
