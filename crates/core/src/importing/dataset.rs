//! What the page asks the importer of a dataset of the visitor's own, and what that answers.
//!
//! The request is a list `[settings, paths, files]`: the bytes of a [`DatasetRequest`], and what was chosen. Files are
//! handed over as the browser's own handles, so that no program holds a whole folder in its memory. Answers are bytes of a
//! [`DatasetAnswer`], many to a request.

use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Fewest items of a dataset.
pub const FEWEST_ITEMS: usize = 10;
/// Most items of a dataset; of more so many are drawn.
pub const MOST_ITEMS: usize = 20_000;
/// How many classes it may have.
pub const CLASSES: RangeInclusive<usize> = 2..=100;
/// Longest side of its pictures, in pixels.
pub const LARGEST_SIDE: usize = 64;
/// Most files that are looked at.
pub const MOST_FILES: usize = 200_000;
/// Longest archive or array, in bytes.
pub const LONGEST_ARCHIVE: u64 = 512 << 20;
/// Most items of a shard.
pub const MOST_IN_SHARD: usize = 2000;

/// What is asked beside the files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetRequest {
    /// The name under which it is to be kept.
    pub name: String,
    /// Seed of every draw: which items are taken, and which are for the test.
    pub seed: u64,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DatasetAnswer {
    /// How many items have been read, of how many.
    Progress {
        /// Those read.
        done: u32,
        /// All.
        total: u32,
    },
    /// A file of the dataset, an IDX file.
    File {
        /// Its path, as the dataset's shards name it.
        path: String,
        /// Its bytes.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// All files have been told; this is what they are. The last answer.
    Done(Box<DatasetCard>),
    /// It cannot be used. The last answer.
    Refused(Fault),
}

/// What is known of a dataset of the visitor's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetCard {
    /// Its [`Dataset`](crate::manifest::Dataset), JSON: the id is `mine:<name>`, and no model is named.
    pub dataset: String,
    /// How many items each class has for training and for the test.
    pub counts: Vec<[u32; 2]>,
    /// Items that were left out, and a clause that says why.
    pub skipped: Vec<(String, String)>,
    /// How many more were.
    pub more: u32,
    /// What was taken otherwise than it stands in the files, one sentence each.
    pub notices: Vec<String>,
}
