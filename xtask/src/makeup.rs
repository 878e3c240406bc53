//! What a program is made of: the bytes of its functions by crate, those of this project by module, and its data.
//!
//! The linked program still has the names of its functions; wasm-opt and gzip come after it, so the shares tell more
//! than the bytes.

use anyhow::{Context, Result};
use std::{collections::BTreeMap, fmt::Write, ops::Range, path::Path};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// Rows of a table; the rest is summed up.
const ROWS: usize = 14;
/// Crates of this project, which are told by module.
const OURS: &str = "foolproof";

/// A table of what the linked program at `path` is made of, largest first.
///
/// # Errors
/// Where the file cannot be read or is no WebAssembly.
pub fn table(path: &Path) -> Result<String> {
    let program = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let parts = parts(&program).with_context(|| format!("{} is no whole program", path.display()))?;
    let total: usize = parts.values().sum();
    let mut parts: Vec<(String, usize)> = parts.into_iter().collect();
    parts.sort_by(|(a, a_size), (b, b_size)| b_size.cmp(a_size).then_with(|| a.cmp(b)));
    let rest: usize = parts.iter().skip(ROWS).map(|(_, size)| size).sum();
    parts.truncate(ROWS);
    parts.push(("the rest".to_owned(), rest));
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut table = format!("{name}, {total} bytes as linked:\n");
    for (part, size) in parts {
        let share = 100.0 * size as f64 / total.max(1) as f64;
        writeln!(table, "  {size:>9}  {share:>4.1} %  {part}")?;
    }
    Ok(table)
}

/// Bytes by part: a crate, a module of ours, or the data.
fn parts(program: &[u8]) -> Result<BTreeMap<String, usize>> {
    let length = |range: Range<u64>| (range.end - range.start) as usize;
    let (mut sizes, mut names, mut imported, mut data) = (Vec::new(), BTreeMap::new(), 0, 0);
    for payload in Parser::new(0).parse_all(program) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(length(body.range())),
            Payload::DataSection(section) => data = length(section.range()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(reader) = section.as_known() {
                    for part in reader {
                        if let Name::Function(map) = part? {
                            for naming in map {
                                let naming = naming?;
                                names.insert(naming.index as usize, naming.name);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut parts = BTreeMap::from([("data: texts and tables".to_owned(), data)]);
    for (at, size) in sizes.into_iter().enumerate() {
        let part = names.get(&(imported + at)).map_or_else(|| "without a name".to_owned(), |name| owner(name));
        *parts.entry(part).or_default() += size;
    }
    Ok(parts)
}

/// The crate that a function is of; `foolproof::attack` for one of ours.
fn owner(mangled: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(mangled));
    // Of what is generic over its own type, the trait tells the crate.
    let path = match (path(&name), name.split_once(" as ")) {
        (own, Some((_, of))) if !own.contains("::") => path(of),
        (own, _) => own,
    };
    let mut segments = path.split("::");
    let first = segments.next().unwrap_or_default().to_owned();
    match segments.next() {
        Some(module) if first.starts_with(OURS) => format!("{first}::{module}"),
        Some(_) => first,
        None => "C functions and shims".to_owned(),
    }
}

/// The first path in a name: `alloc::vec::Vec` of `<&mut alloc::vec::Vec<T> as …`.
fn path(name: &str) -> &str {
    let path = name.trim_start_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let path = ["dyn ", "mut ", "const "].iter().fold(path, |path, word| path.strip_prefix(word).unwrap_or(path));
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    &path[..path.find(|letter| !is_path(letter)).unwrap_or(path.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A section: its number, its length, its content.
    fn section(number: u8, content: &[u8]) -> Vec<u8> {
        [&[number, content.len() as u8], content].concat()
    }

    #[test]
    fn a_program_is_told_by_crate_and_module() {
        let names = [&b"\x04name\x01\x18\x01\x01\x15"[..], b"foolproof::link::read"].concat();
        let program = [
            &b"\0asm\x01\0\0\0"[..],
            &section(1, b"\x01\x60\0\0"),
            // One function is imported, so that the one below has the number 1.
            &section(2, b"\x01\x01m\x01f\0\0"),
            &section(3, b"\x01\0"),
            &section(10, b"\x01\x03\0\x01\x0b"),
            &section(0, &names),
        ]
        .concat();
        let parts = parts(&program).unwrap();
        assert_eq!(parts["foolproof::link"], 3);
        assert_eq!(parts.values().sum::<usize>(), 3);
    }

    #[test]
    fn a_function_belongs_to_the_crate_that_wrote_it() {
        assert_eq!(owner("foolproof_core::report::ledger::Ledger::add"), "foolproof_core::report");
        assert_eq!(owner("<alloc::vec::Vec<foolproof::link::Key> as core::clone::Clone>::clone"), "alloc");
        assert_eq!(owner("<&dyn leptos::IntoView as core::fmt::Debug>::fmt"), "leptos");
        assert_eq!(owner("<F as tachys::view::Render>::rebuild"), "tachys");
        assert_eq!(owner("memcpy"), "C functions and shims");
    }

    #[test]
    fn what_is_no_program_is_refused() {
        assert!(parts(b"\0asm\x01\0\0\0\x0a\x7f").is_err());
    }
}
