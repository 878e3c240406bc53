//! What stands before a lesson's text, between two lines of three dashes: `title:`, `minutes:`, and the `goals:`, one a
//! line; before a teacher's text also `times:`, the minutes of each step.

use super::lesson::Wrong;

/// Longest lesson, in minutes.
const LONGEST: u32 = 120;
/// Most goals.
const MOST_GOALS: usize = 6;
/// Most steps with a time.
const MOST_TIMES: usize = 12;

/// A lesson's front matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Front {
    /// `title`.
    pub title: String,
    /// `minutes`.
    pub minutes: u32,
    /// `times`: minutes of each step.
    pub times: Vec<u32>,
    /// `goals`.
    pub goals: Vec<String>,
    /// How many lines it takes, the dashes included.
    pub lines: usize,
}

/// Reads it, and gives the text behind it.
///
/// # Errors
/// What is missing or not known, and where.
pub fn read<'a>(file: &str, text: &'a str) -> Result<(Front, &'a str), Wrong> {
    let wrong = |line: usize, why: String| Wrong { file: file.to_owned(), line, why };
    let mut front = Front::default();
    let mut rest = text;
    let mut in_goals = false;
    loop {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if rest.is_empty() {
            return Err(wrong(front.lines + 1, "the front matter has no end, a line of three dashes".into()));
        }
        rest = after;
        front.lines += 1;
        let (at, line) = (front.lines, line.trim_end());
        match (at, line.split_once(':')) {
            (1, _) if line == "---" => {}
            (1, _) => return Err(wrong(1, "a lesson begins with a line of three dashes".into())),
            _ if line == "---" => break,
            _ if in_goals && line.starts_with("- ") && front.goals.len() < MOST_GOALS => {
                front.goals.push(line[2..].trim().to_owned());
            }
            (_, Some(("title", title))) => front.title = title.trim().to_owned(),
            (_, Some(("minutes", text))) => front.minutes = minutes(text).map_err(|why| wrong(at, why))?,
            (_, Some(("times", text))) => {
                front.times = text
                    .split_whitespace()
                    .take(MOST_TIMES)
                    .map(minutes)
                    .collect::<Result<_, _>>()
                    .map_err(|why| wrong(at, why))?;
            }
            (_, Some(("goals", ""))) => in_goals = true,
            _ => return Err(wrong(at, format!("“{line}” is none of title, minutes, times, goals"))),
        }
    }
    if front.title.is_empty() {
        return Err(wrong(front.lines, "the front matter has no title".into()));
    }
    Ok((front, rest))
}

fn minutes(text: &str) -> Result<u32, String> {
    let minutes = text.trim().parse().ok().filter(|minutes| (1..=LONGEST).contains(minutes));
    minutes.ok_or_else(|| format!("minutes are 1 to {LONGEST}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_minutes_and_goals_are_taken() {
        let (front, rest) = read("a.md", "---\ntitle: A: b\nminutes: 8\ngoals:\n- One.\n- Two.\n---\n## Text").unwrap();
        assert_eq!((front.title.as_str(), front.minutes, front.lines, rest), ("A: b", 8, 7, "## Text"));
        assert_eq!(front.goals, ["One.", "Two."]);
        assert_eq!(read("a.md", "---\ntitle: A\ntimes: 2 1 3\n---\n").unwrap().0.times, [2, 1, 3]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, why) in [
            ("", 1, "no end"),
            ("title: A", 1, "begins with"),
            ("---\ntitle: A\n", 3, "no end"),
            ("---\nminutes: 0\n---\n", 2, "1 to 120"),
            ("---\ntitle: A\ntimes: 2 0\n---\n", 3, "1 to 120"),
            ("---\nminutes: 5\n---\n", 3, "no title"),
            ("---\ntitle: A\ncolour: red\n---\n", 3, "“colour: red” is none"),
            ("---\n- goal\n---\n", 2, "none of"),
        ] {
            let said = read("a.md", text).unwrap_err();
            assert_eq!(said.line, line, "{text:?}");
            assert!(said.to_string().starts_with("a.md, line ") && said.why.contains(why), "{said}");
        }
    }
}
