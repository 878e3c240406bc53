//! Files that a visitor chooses as a dataset: an archive, an array with its labels, or a table beside pictures. What is
//! read is whole, and its shards are data files of the page.

use foolproof_core::{
    idx,
    importing::dataset::{CLASSES, DatasetRequest, FEWEST_ITEMS, LARGEST_SIDE},
};
use foolproof_importer::dataset::{Decoded, Hands, Listed, OwnDataset, Samples, read, shards};
use std::future::{Future, ready};

/// What an array of NumPy begins with.
const NUMPY: &[u8] = b"\x93NUMPY";
/// Pictures beside a table.
const PICTURES: u8 = 12;

/// The files, by path.
struct Files(Vec<(String, Vec<u8>)>);

impl Hands for Files {
    fn bytes(&self, place: usize) -> impl Future<Output = Result<Vec<u8>, String>> {
        ready(self.0.get(place).map(|(_, bytes)| bytes.clone()).ok_or("it is gone".into()))
    }

    /// The browser decodes; here the first two bytes are the sides, and what follows is repeated.
    fn picture(&self, bytes: &[u8]) -> impl Future<Output = Result<Decoded, String>> {
        ready(match bytes {
            [width, height, rest @ ..] if !rest.is_empty() => {
                let (width, height) = (usize::from(width % 9), usize::from(height % 9));
                let rgba = rest.iter().copied().cycle().take(4 * width * height).collect();
                Ok(Decoded { width, height, rgba, scaled: rest.len() > 64 })
            }
            _ => Err("it is no picture".into()),
        })
    }

    fn told(&self, done: usize, total: usize) {
        assert!(done <= total);
    }
}

/// Chosen files.
pub fn check(bytes: &[u8]) {
    let files = Files(files(bytes));
    let listed = files.0.iter().map(|(path, bytes)| Listed { path: path.clone(), bytes: bytes.len() as u64 });
    let request = DatasetRequest { name: "own".into(), seed: 1 };
    if let Ok(own) = pollster::block_on(read(listed.collect(), &request, &files)) {
        whole(&own);
    }
}

/// What an input stands for: by its first bytes an archive, arrays one behind the other, or a table.
fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    if bytes.starts_with(b"PK") {
        return vec![("own.zip".into(), bytes.to_vec())];
    }
    if bytes.starts_with(NUMPY) {
        let behind = bytes.windows(NUMPY.len()).skip(1).position(|part| part == NUMPY);
        let (images, labels) = bytes.split_at(behind.map_or(bytes.len(), |at| at + 1));
        return vec![("images.npy".into(), images.to_vec()), ("labels.npy".into(), labels.to_vec())];
    }
    let picture = |at: u8| (format!("{at}.png"), vec![4, 4, at, 0, 0, 255]);
    (0..PICTURES).map(picture).chain([("labels.csv".into(), bytes.to_vec())]).collect()
}

/// Whether a dataset has all that it says.
fn whole(own: &OwnDataset) {
    let [channels, rows, columns] = own.shape;
    assert!([1, 3].contains(&channels) && rows <= LARGEST_SIDE && columns <= LARGEST_SIDE, "{:?}", own.shape);
    assert!(CLASSES.contains(&own.classes.len()), "{} classes", own.classes.len());
    assert!(own.train.labels.len() + own.test.labels.len() >= FEWEST_ITEMS);
    for Samples { images, labels } in [&own.train, &own.test] {
        assert_eq!(images.len(), labels.len() * channels * rows * columns);
        assert!(labels.iter().all(|&label| usize::from(label) < own.classes.len()));
    }
    let mut items = 0;
    let card = shards(own, |path, bytes| match path.ends_with("-labels") {
        true => items += idx::labels(&bytes).expect("its labels are read").len(),
        false => assert_eq!(idx::images(&bytes).expect("its pictures are read").shape, own.shape),
    });
    assert_eq!(items, own.train.labels.len() + own.test.labels.len());
    foolproof::datasets::KeptDataset::of(&card.expect("its card is plain data")).expect("its card is read");
}
