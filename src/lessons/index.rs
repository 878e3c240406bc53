//! The list of lessons, and where their files are.

use serde_json::Value;

/// The folder of the lessons in English, which every language can fall back on.
pub const FOLDER: &str = "lessons/en";
/// Longest list, in bytes.
pub const LONGEST: u64 = 8 << 10;
/// Most lessons.
const MOST: usize = 40;
/// Longest id of a lesson.
pub const LONGEST_ID: usize = 48;

/// Where the list is.
pub fn list() -> String {
    format!("{FOLDER}/index.json")
}

/// Where a lesson is.
pub fn file(id: &str) -> String {
    format!("{FOLDER}/{id}.md")
}

/// The id of what teachers read beside a lesson.
pub fn notes(id: &str) -> String {
    format!("{id}.teacher")
}

/// The same file in another language.
pub fn in_language(path: &str, language: &str) -> String {
    path.replacen(FOLDER, &format!("lessons/{language}"), 1)
}

/// Whether a text can be a lesson's id.
pub fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= LONGEST_ID && text.bytes().all(plain)
}

/// The ids of all lessons, in order.
///
/// # Errors
/// What is wrong with the list, as a clause.
pub fn read(text: &str) -> Result<Vec<String>, String> {
    let list: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let list = list.as_array().ok_or("it is not a list")?;
    if list.is_empty() || list.len() > MOST {
        return Err(format!("it names {} lessons, not 1 to {MOST}", list.len()));
    }
    let id = |(at, value): (usize, &Value)| {
        let id = value.as_str().filter(|id| is_id(id)).ok_or_else(|| format!("entry {} is no id", at + 1))?;
        Ok(id.to_owned())
    };
    list.iter().enumerate().map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_a_folder_of_its_own() {
        assert_eq!(in_language(&file("fgsm"), "de"), "lessons/de/fgsm.md");
    }

    #[test]
    fn ids_are_plain_and_none_leads_elsewhere() {
        assert_eq!(read("[\"a-1\", \"b\"]"), Ok(vec!["a-1".into(), "b".into()]));
        for (text, why) in [
            ("{}", "not a list"),
            ("[]", "names 0"),
            ("[\"../a\"]", "entry 1"),
            ("[\"a\", 2]", "entry 2"),
            ("[\"A\"]", "entry 1"),
            ("[", "EOF"),
        ] {
            assert!(read(text).unwrap_err().contains(why), "{text}");
        }
    }
}
