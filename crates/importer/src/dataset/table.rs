//! A table of file names and classes: with or without a header, its fields between commas, semicolons or tabs.

use super::{classes::Part, files::File, pictures::Labelled};
use crate::bounds::brief;
use foolproof_core::importing::dataset::MOST_FILES;
use std::collections::{HashMap, HashSet};

/// Longest table taken, in bytes.
pub const LONGEST: u64 = 64 << 20;
/// Most columns.
const MOST_COLUMNS: usize = 64;
/// Rows by which the column of file names is found.
const LOOKED_AT: usize = 1000;
/// What the column of classes is called.
const CLASS: [&str; 9] =
    ["label", "labels", "class", "class_name", "classname", "class_label", "category", "target", "species"];

/// Pictures by the names that a table may have for them.
#[derive(Debug)]
pub struct Index<'a> {
    pictures: &'a [File],
    /// By the last part of the path, with its ending and without.
    by_name: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    /// Of these pictures.
    pub fn of(pictures: &'a [File]) -> Index<'a> {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, file) in pictures.iter().enumerate() {
            let name = last(&file.path);
            for name in [name, stem(name)] {
                by_name.entry(name).or_default().push(at);
            }
        }
        Index { pictures, by_name }
    }

    /// The one picture that is called so; one in the table's own folder before others.
    fn find(&self, name: &str, folder: &str) -> Option<usize> {
        let name = name.trim().replace('\\', "/");
        let name = name.trim_start_matches("./");
        let ends = |path: &str| path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        let fits = |at: &&usize| {
            let file = self.pictures.get(**at);
            file.is_some_and(|file| ends(&file.path) || ends(stem(&file.path)))
        };
        let found: Vec<usize> = self.by_name.get(last(name))?.iter().filter(fits).copied().collect();
        let beside = |at: &&usize| self.pictures.get(**at).is_some_and(|file| file.path.starts_with(folder));
        match found[..] {
            [one] => Some(one),
            _ => {
                let mut near = found.iter().filter(beside);
                near.next().copied().filter(|_| near.next().is_none())
            }
        }
    }
}

fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn stem(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

/// A row, and its line in the file.
type Row = (u64, Vec<String>);

/// The rows of a table.
///
/// # Errors
/// A clause, if it is no table, or larger than is taken.
fn rows(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|&byte| byte == delimiter).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|&delimiter| (count(delimiter), delimiter == b','));
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(delimiter.unwrap_or(b','));
    let mut rows = Vec::new();
    for record in reader.from_reader(text.as_bytes()).records() {
        let record = record.map_err(|error| format!("it is no table: {}", brief(&error.to_string())))?;
        if rows.len() > MOST_FILES {
            return Err(format!("it has more than {MOST_FILES} rows"));
        }
        if record.len() > MOST_COLUMNS {
            return Err(format!("it has more than {MOST_COLUMNS} columns"));
        }
        let line = record.position().map(csv::Position::line).unwrap_or_default();
        rows.push((line, record.iter().map(|field| field.trim().to_owned()).collect()));
    }
    Ok(rows)
}

/// Adds the classes that a table gives to pictures.
///
/// # Errors
/// A clause, if none of its columns names pictures, or it is not clear which one has the classes.
pub fn labels(table: &File, bytes: &[u8], index: &Index, labelled: &mut Labelled) -> Result<(), String> {
    let rows = rows(bytes)?;
    let folder = table.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let find = |row: &[String], column: usize| index.find(row.get(column)?, &folder);
    let columns = rows.iter().take(LOOKED_AT).map(|(_, row)| row.len()).max().unwrap_or_default();
    let named = |column: &usize| rows.iter().take(LOOKED_AT).filter(|(_, row)| find(row, *column).is_some()).count();
    // Of columns that name as many, the first.
    let files = (0..columns).rev().max_by_key(named).filter(|column| named(column) > 0);
    let files = files.ok_or("none of its columns names the pictures beside it")?;
    let header = rows.first().map(|(_, row)| row).filter(|row| find(row, files).is_none());
    let classes = class_column(header, files, columns)?;
    let part = Part::of(stem(last(&table.path))).map(Part::is_test);
    let mut met: HashSet<usize> = labelled.items.iter().map(|(at, ..)| *at).collect();
    for (line, row) in rows.iter().skip(usize::from(header.is_some())) {
        let told = || format!("{}, line {line}", table.path);
        let class = row.get(classes).filter(|class| !class.is_empty());
        match (find(row, files), class) {
            (None, _) => {
                let name = row.get(files).map_or("", String::as_str);
                labelled.skipped.add(&told(), format!("there is no one picture “{}”", brief(name)));
            }
            (_, None) => labelled.skipped.add(&told(), "it names no class"),
            (Some(at), Some(class)) if met.insert(at) => labelled.items.push((at, class.clone(), part)),
            (Some(_), Some(_)) => labelled.skipped.add(&told(), "its picture was named before"),
        }
    }
    Ok(())
}

/// Which column has the classes: the one that is called so, or the only other one.
fn class_column(header: Option<&Vec<String>>, files: usize, columns: usize) -> Result<usize, String> {
    let is_class = |name: &String| CLASS.contains(&name.to_ascii_lowercase().replace([' ', '-'], "_").as_str());
    let called = header.and_then(|row| row.iter().position(is_class)).filter(|&column| column != files);
    match (called, columns) {
        (Some(column), _) => Ok(column),
        (None, 2) => Ok(1 - files.min(1)),
        (None, 0 | 1) => Err("it has file names alone, and no column of classes".into()),
        (None, _) => Err(format!("it has {columns} columns; call the one with the classes “label” in its first line")),
    }
}
