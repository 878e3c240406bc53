//! Pictures, a file each, with their classes from a table or from folders.

use super::{
    Hands,
    assemble::{self, Found, Item},
    classes::Classes,
    files::{File, Files},
    folders,
    picture::Picture,
    skipped::Skipped,
    split,
    table::{self, Index},
};
use crate::bounds::brief;
use foolproof_core::importing::dataset::{LARGEST_SIDE, MOST_ITEMS};

/// Longest file of a picture, in bytes.
const LONGEST: u64 = 20_000_000;
/// Longest side of a picture that is decoded at all: a file of kilobytes may need gigabytes once it is.
const LONGEST_SIDE: usize = 10_000;

/// Which pictures are of which class.
#[derive(Debug, Default)]
pub struct Labelled {
    /// Places in the list of pictures, the name of the class, and whether it is for the test, where the source says.
    pub items: Vec<(usize, String, Option<bool>)>,
    /// What has no class.
    pub skipped: Skipped,
    /// What was taken otherwise than it stands there, one sentence each.
    pub notices: Vec<String>,
}

/// Reads them all.
///
/// # Errors
/// A clause, if no classes can be found.
pub async fn read(files: &Files, seed: u64, hands: &impl Hands) -> Result<Found, String> {
    let Labelled { mut items, skipped, notices } = labelled(files, hands).await?;
    let classes = Classes::of(items.iter().map(|(_, class, _)| class.as_str()))?;
    let numbers: Vec<usize> = items.iter().filter_map(|(_, class, _)| classes.number(class)).collect();
    let mut found = Found { skipped, notices, ..Found::default() };
    if let Some(taken) = split::thinned(&numbers, classes.0.len(), MOST_ITEMS, seed) {
        found.notices.push(assemble::thinned(items.len()));
        let mut at = 0;
        items.retain(|_| {
            at += 1;
            taken.binary_search(&(at - 1)).is_ok()
        });
    }
    let (total, mut scaled) = (items.len(), 0);
    for (done, (at, class, test)) in items.into_iter().enumerate() {
        hands.told(done, total);
        let Some((file, class)) = files.pictures.get(at).zip(classes.number(&class)) else { continue };
        match decoded(files, file, hands).await {
            Ok((picture, was_larger)) => {
                scaled += usize::from(was_larger);
                found.items.push(Item { picture, class, test });
            }
            Err(why) => found.skipped.add(&file.path, why),
        }
    }
    hands.told(total, total);
    if scaled > 0 {
        found
            .notices
            .push(format!("{scaled} pictures were larger and are made smaller, to {LARGEST_SIDE} pixels at most."));
    }
    found.classes = classes.0.iter().map(|name| brief(name)).collect();
    Ok(found)
}

/// The classes: as tables say, if there are any that name pictures, else by folders.
async fn labelled(files: &Files, hands: &impl Hands) -> Result<Labelled, String> {
    let index = Index::of(&files.pictures);
    let mut labelled = Labelled::default();
    let mut no_good = Vec::new();
    for table in &files.tables {
        let read = files.bytes(table, table::LONGEST, hands).await;
        let added = read.and_then(|bytes| table::labels(table, &bytes, &index, &mut labelled));
        if let Err(why) = added {
            no_good.push(format!("{}: {why}", brief(&table.path)));
        }
    }
    if !labelled.items.is_empty() {
        let mut named = vec![false; files.pictures.len()];
        for (at, ..) in &labelled.items {
            named.get_mut(*at).into_iter().for_each(|one| *one = true);
        }
        let unnamed = files.pictures.iter().zip(&named).filter(|(_, named)| !**named);
        unnamed.for_each(|(file, _)| labelled.skipped.add(&file.path, "no row of the table names it"));
    } else {
        // Why a table gives no classes is what its owner has to know.
        labelled = folders::labels(&files.pictures).map_err(|why| no_good.first().cloned().unwrap_or(why))?;
    }
    labelled.notices.extend(no_good.into_iter().map(|why| format!("{why}. It is passed over.")));
    if files.others > 0 {
        labelled.notices.push(format!("{} other files are passed over.", files.others));
    }
    Ok(labelled)
}

/// A picture, and whether it was larger.
async fn decoded(files: &Files, file: &File, hands: &impl Hands) -> Result<(Picture, bool), String> {
    let bytes = files.bytes(file, LONGEST, hands).await?;
    if bytes.is_empty() {
        return Err("it is empty".into());
    }
    if let Ok(size) = imagesize::blob_size(&bytes)
        && size.width.max(size.height) > LONGEST_SIDE
    {
        let (width, height) = (size.width, size.height);
        return Err(format!("it is {width} x {height} pixels; sides up to {LONGEST_SIDE} are taken"));
    }
    let decoded = hands.picture(&bytes).await?;
    Ok((Picture::of(&decoded)?, decoded.scaled))
}
