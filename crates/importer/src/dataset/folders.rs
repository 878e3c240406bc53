//! The class of a picture by the folder that it lies in.

use super::{
    classes::{JOINED, Part},
    files::File,
    pictures::Labelled,
};

/// Folders between a class and its pictures that say nothing.
const BETWEEN: [&str; 4] = ["images", "image", "imgs", "pictures"];

/// The class of each picture.
///
/// # Errors
/// A clause, if all lie in one folder.
pub fn labels(pictures: &[File]) -> Result<Labelled, String> {
    let folder = |file: &File| file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let folders: Vec<String> = pictures.iter().map(folder).collect();
    let root = folders.first().cloned().unwrap_or_default();
    if folders.iter().all(|folder| *folder == root) {
        return Err(
            "all pictures lie in one folder; put each class into a folder of its own, or a CSV of file names and \
                    classes beside them"
                .into(),
        );
    }
    let root = common(&folders);
    let mut labelled = Labelled::default();
    for (at, (file, folder)) in pictures.iter().zip(&folders).enumerate() {
        let below = folder.strip_prefix(root).unwrap_or(folder).trim_matches('/');
        let parts: Vec<&str> = below.split('/').filter(|part| !part.is_empty()).collect();
        let class = parts.iter().rev().find(|part| !BETWEEN.contains(&part.to_ascii_lowercase().as_str()));
        let part = parts.iter().find_map(|part| exactly(part));
        match class.filter(|class| exactly(class).is_none()) {
            Some(class) => labelled.items.push((at, (*class).to_owned(), part.map(Part::is_test))),
            None => labelled.skipped.add(&file.path, "it lies in no folder of a class"),
        }
        if part == Some(Part::Validation) && labelled.notices.is_empty() {
            labelled.notices.push(JOINED.into());
        }
    }
    Ok(labelled)
}

/// A folder that is a part as a whole: a class may be called `test tube`.
fn exactly(name: &str) -> Option<Part> {
    Part::of(name).filter(|_| name.chars().all(|letter| letter.is_ascii_alphabetic()))
}

/// The folder that all lie in.
fn common(folders: &[String]) -> &str {
    let Some(first) = folders.first() else { return "" };
    let mut root = first.as_str();
    let holds = |root: &str, folder: &str| {
        root.is_empty() || folder.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    while !folders.iter().all(|folder| holds(root, folder)) {
        root = root.rsplit_once('/').map_or("", |(above, _)| above);
    }
    root
}
