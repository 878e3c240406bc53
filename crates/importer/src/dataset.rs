//! Labelled pictures that a visitor brings, as a dataset: what there is in a folder or an archive, the class of each
//! picture, one size for all, and the split into training and test.
//!
//! Everything here is pure. Who calls it hands over the bytes of files and decodes pictures, which in a browser the
//! browser does: see [`Hands`].

mod archive;
mod arrays;
mod assemble;
mod classes;
mod files;
mod folders;
mod layout;
mod literal;
mod npy;
mod picture;
mod pictures;
mod scale;
mod shards;
mod skipped;
mod split;
mod table;

pub use picture::Decoded;
pub use shards::shards;
pub use skipped::Skipped;

use files::{Files, Kind};
use foolproof_core::importing::dataset::DatasetRequest;
use std::future::Future;

/// A file that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its path below what was chosen, parts separated by `/`.
    pub path: String,
    /// Its length.
    pub bytes: u64,
}

/// What the reader needs of its surroundings.
pub trait Hands {
    /// The bytes of a file, by its place in the list. Errors are clauses.
    fn bytes(&self, place: usize) -> impl Future<Output = Result<Vec<u8>, String>>;
    /// A picture from the bytes of its file, none of its sides above
    /// [`LARGEST_SIDE`](foolproof_core::importing::dataset::LARGEST_SIDE). Errors are clauses.
    fn picture(&self, bytes: &[u8]) -> impl Future<Output = Result<Decoded, String>>;
    /// Hears how many items have been read, of how many.
    fn told(&self, done: usize, total: usize);
}

/// Some inputs with their classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// `[item, channel, row, column]`, 255 being 1.
    pub images: Vec<u8>,
    /// The classes.
    pub labels: Vec<u8>,
}

/// A dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnDataset {
    /// Its name.
    pub name: String,
    /// Name of each class.
    pub classes: Vec<String>,
    /// One input as `[channel, row, column]`.
    pub shape: [usize; 3],
    /// What is trained on, in an order drawn by the seed.
    pub train: Samples,
    /// What is held out for the test, likewise.
    pub test: Samples,
    /// What was left out.
    pub skipped: Skipped,
    /// What was taken otherwise than it stands in the files, one sentence each.
    pub notices: Vec<String>,
}

/// Reads the files that were chosen.
///
/// # Errors
/// A clause that says why no dataset can be made of them.
pub async fn read(listed: Vec<Listed>, request: &DatasetRequest, hands: &impl Hands) -> Result<OwnDataset, String> {
    let files = Files::of(listed, hands).await?;
    let found = match files.kind()? {
        Kind::Pictures => pictures::read(&files, request.seed, hands).await?,
        Kind::Arrays => arrays::read(&files, request.seed, hands).await?,
    };
    assemble::assemble(request, found)
}

#[cfg(test)]
mod tests;
