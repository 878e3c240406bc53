//! The attack's own lines of Rust: which files they are in, and which of them a stage of a step is.
//!
//! A line of a stage ends in a comment that names it, or several: `// stage: projection, clip`.

/// What a marked line ends in, before the names.
const MARK: &str = "// stage: ";
/// Folder of the pages that the files are in.
const FOLDER: &str = "code/";
/// The loop that every attack runs in: what lies in no attack's own file lies there.
const DRIVE: &str = "drive.rs";

/// The stages of a step, in order, and what is done with the iterate that comes of it.
pub const STAGES: [&str; 6] = ["gradient", "direction", "step", "projection", "clip", "best"];

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLine {
    /// The line.
    pub text: String,
    /// Whether the stage is in it.
    pub marked: bool,
}

/// Addresses of the files in which the steps of an attack are, its own first. FGSM and BIM are PGD with other settings.
pub fn files(attack: &str) -> Vec<String> {
    let own = format!("attacks/{}.rs", attack.replace('-', "_"));
    let pgd = matches!(attack, "fgsm" | "bim").then(|| "attacks/pgd.rs".to_owned());
    std::iter::once(own).chain(pgd).chain([DRIVE.to_owned()]).map(|path| FOLDER.to_owned() + &path).collect()
}

/// A file's lines, those of the stage marked; `None` if no line is of it.
pub fn marked(source: &str, stage: &str) -> Option<Vec<CodeLine>> {
    let is_of = |line: &str| line.split_once(MARK).is_some_and(|(_, named)| named.split(", ").any(|one| one == stage));
    let lines: Vec<CodeLine> =
        source.lines().map(|line| CodeLine { text: line.to_owned(), marked: is_of(line) }).collect();
    lines.iter().any(|line| line.marked).then_some(lines)
}

/// The file's name without the folder of the pages.
pub fn name(path: &str) -> &str {
    path.strip_prefix(FOLDER).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::protocol::WALKED;
    use std::{fs, path::Path};

    /// The engine's source behind an address of the pages.
    fn source(path: &str) -> String {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/engine/src").join(name(path));
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    #[test]
    fn lines_are_marked_by_the_stage_at_their_end() {
        let source = "fn f() {\n    a(); // stage: gradient\n    b(); // stage: step, clip\n    stage(); // a step\n}";
        let of = |stage: &str| {
            let lines = marked(source, stage)?;
            assert_eq!(lines.len(), 5);
            Some(lines.iter().enumerate().filter(|(_, line)| line.marked).map(|(at, _)| at).collect::<Vec<_>>())
        };
        assert_eq!((of("gradient"), of("step"), of("clip")), (Some(vec![1]), Some(vec![2]), Some(vec![2])));
        assert_eq!((of("best"), of("a step")), (None, None));
    }

    #[test]
    fn every_attack_with_a_step_view_has_its_stages_marked_in_the_files_that_are_shown() {
        for attack in WALKED {
            let sources: Vec<String> = files(attack).iter().map(|path| source(path)).collect();
            assert!(sources[0].contains(&format!("\"{attack}\"")), "{attack} is in its own file");
            for stage in STAGES {
                let places: Vec<bool> = sources.iter().map(|source| marked(source, stage).is_some()).collect();
                assert!(places.contains(&true), "{attack} has no line of {stage}");
                // What the drive does, no attack does for itself.
                let drives = matches!(stage, "projection" | "clip" | "best");
                assert_eq!(*places.last().unwrap(), drives, "{stage} in the drive");
            }
        }
    }

    #[test]
    fn no_mark_names_a_stage_that_there_is_not() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/engine/src/attacks");
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mut paths: Vec<_> = files.filter(|path| path.is_file()).collect();
        paths.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/engine/src/drive.rs"));
        for path in paths {
            for line in fs::read_to_string(&path).unwrap().lines() {
                for named in line.split_once("// stage:").iter().flat_map(|(_, named)| named.trim().split(", ")) {
                    assert!(STAGES.contains(&named), "{}: {line}", path.display());
                }
            }
        }
    }

    #[test]
    fn the_pages_have_the_files() {
        let page = include_str!("../../www/index.html");
        for (href, target) in [("attacks", "code/attacks"), ("drive.rs", "code")] {
            let link = format!("href=\"../crates/engine/src/{href}\" data-target-path=\"{target}\"");
            assert!(page.contains(&link), "{link}");
        }
    }
}
