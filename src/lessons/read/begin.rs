//! What a line of Markdown begins.

/// What a line begins, without the marks that say so.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begin<'a> {
    /// An empty line.
    Nothing,
    /// A heading, with its level.
    Heading(usize, &'a str),
    /// A fence of code, with what stands behind it.
    Fence(&'a str, &'a str),
    /// A line of a quotation.
    Quote(&'a str),
    /// An item of a list; whether that is numbered.
    Item(bool, &'a str),
    /// A paragraph, or more of one.
    Words,
    /// What a lesson has no use for.
    Other,
}

/// Deepest indentation that does not make a line code.
const DEEPEST: usize = 3;

pub(super) fn begin(line: &str) -> Begin<'_> {
    let text = line.trim();
    let Some(first) = text.chars().next() else { return Begin::Nothing };
    let marks = text.len() - text.trim_start_matches(first).len();
    let rest = &text[marks..];
    let apart = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    match first {
        _ if indentation(line) > DEEPEST => Begin::Other,
        // Lines across the page; below a paragraph they make it a heading.
        '-' | '*' | '_' | '=' if text.len() > 2 && text.chars().all(|letter| letter == first || letter == ' ') => {
            Begin::Other
        }
        '#' if apart(rest) => Begin::Heading(marks, rest.trim_end_matches('#').trim()),
        '`' | '~' if marks > 2 => Begin::Fence(&text[..marks], rest.trim()),
        '>' => Begin::Quote(text[1..].strip_prefix(' ').unwrap_or(&text[1..])),
        '-' | '*' | '+' if marks == 1 && apart(rest) => Begin::Item(false, rest.trim_start()),
        '0'..='9' => {
            let behind = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
            let item = behind.strip_prefix(['.', ')']).filter(|item| apart(item));
            item.map_or(Begin::Words, |item| Begin::Item(true, item.trim_start()))
        }
        // The address that a name stands for.
        '[' if text.split_once(']').is_some_and(|(_, behind)| behind.starts_with(':')) => Begin::Other,
        _ => Begin::Words,
    }
}

/// Whether a line ends the code that this fence began.
pub(super) fn closes(line: &str, fence: &str) -> bool {
    line.trim().strip_prefix(fence).is_some_and(|more| more.trim_start_matches(&fence[..1]).is_empty())
}

/// Whether a line below a paragraph belongs to it.
pub(super) fn goes_on(line: &str) -> bool {
    !line.trim().is_empty() && (indentation(line) > DEEPEST || begin(line) == Begin::Words)
}

/// Whether a line below an item stands inside it.
pub(super) fn is_inside(line: &str) -> bool {
    !line.trim().is_empty() && indentation(line) > 1
}

/// The box at the beginning of an item, and whether it is ticked; and what follows.
pub(super) fn mark(item: &str) -> (Option<bool>, &str) {
    let boxes = [("[ ] ", false), ("[x] ", true), ("[X] ", true)];
    let found = boxes.into_iter().find_map(|(mark, ticked)| Some((Some(ticked), item.strip_prefix(mark)?)));
    found.unwrap_or((None, item))
}

/// Blanks that a line begins with; a tab is four.
fn indentation(line: &str) -> usize {
    let blanks = line.chars().take_while(|letter| letter.is_whitespace());
    blanks.map(|blank| if blank == '\t' { 4 } else { 1 }).sum()
}
