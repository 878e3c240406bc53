//! A dataset as files that the page reads, with the list of them.

use super::{OwnDataset, Samples};
use foolproof_core::{
    idx,
    importing::dataset::{DatasetCard, MOST_IN_SHARD},
    input_kind::InputKind,
    manifest::{Dataset, File, Shard, digest},
};

/// What stands before the names of what this browser keeps.
const OWN: &str = "mine:";
/// The radius (L∞) that attacks begin with, on pictures of one channel and on coloured ones.
const RADII: [f32; 2] = [0.1, 8.0 / 255.0];

/// Its card; each file is handed to `put`, with its path.
///
/// # Errors
/// A sentence, if the card cannot be written.
pub fn shards(own: &OwnDataset, mut put: impl FnMut(&str, Vec<u8>)) -> Result<DatasetCard, String> {
    let OwnDataset { name, classes, shape, skipped, notices, .. } = own;
    let mut split = |part: &str, samples: &Samples| -> Vec<Shard> {
        let size = shape.iter().product::<usize>().max(1);
        let shards = samples.images.chunks(size * MOST_IN_SHARD).zip(samples.labels.chunks(MOST_IN_SHARD));
        let mut shard = |(at, (images, labels)): (usize, (&[u8], &[u8]))| {
            let mut file = |what: &str, bytes: Vec<u8>| {
                let path = format!("data/{name}/{part}-{at:05}-{what}");
                let file = File { path, bytes: bytes.len() as u64, sha256: digest(&bytes) };
                put(&file.path, bytes);
                file
            };
            let written = idx::write_images(&idx::Images { shape: *shape, values: images.to_vec().into() });
            let (images, count) = (file("images", written), labels.len());
            Shard { first: at * MOST_IN_SHARD, count, images, labels: file("labels", idx::write_labels(labels)) }
        };
        shards.enumerate().map(&mut shard).collect()
    };
    let (train, test) = (split("train", &own.train), split("test", &own.test));
    let dataset = Dataset {
        id: format!("{OWN}{name}"),
        name: name.clone(),
        shape: *shape,
        kind: InputKind::Picture,
        classes: classes.clone(),
        eps: RADII[usize::from(shape[0] > 1)],
        natural: String::new(),
        robust: String::new(),
        licence: String::new(),
        credit: String::new(),
        test,
        train,
    };
    let count =
        |samples: &Samples, class: usize| samples.labels.iter().filter(|&&label| usize::from(label) == class).count();
    let counts = (0..classes.len()).map(|class| [&own.train, &own.test].map(|part| count(part, class) as u32));
    Ok(DatasetCard {
        dataset: serde_json::to_string(&dataset).map_err(|error| error.to_string())?,
        counts: counts.collect(),
        skipped: skipped.named.clone(),
        more: skipped.more as u32,
        notices: notices.clone(),
    })
}
