//! What becomes of folders, tables, arrays and archives of made-up pictures.

mod array_files;
mod made;
mod picture_files;

use super::*;
use foolproof_core::{idx, manifest::Dataset};
use made::{Made, archive, folder, npy, picture, read};
use proptest::prelude::*;

#[test]
fn files_are_what_the_page_reads_of_them() {
    let own = read(folder(&[("cat", 30), ("dog", 30)]), 1).unwrap();
    let mut files = Vec::new();
    let card = shards(&own, |path, bytes| files.push((path.to_owned(), bytes))).unwrap();
    let dataset: Dataset = serde_json::from_str(&card.dataset).unwrap();
    assert_eq!((&dataset.id[..], dataset.shape, card.counts), ("mine:own", [1, 4, 4], vec![[24, 6]; 2]));
    let shard = &dataset.train[0];
    assert_eq!((&shard.images.path[..], shard.first, shard.count), ("data/own/train-00000-images", 0, 48));
    for (file, (path, bytes)) in [&shard.images, &shard.labels].into_iter().zip(&files) {
        assert_eq!(
            (&file.path, file.bytes, &file.sha256),
            (path, bytes.len() as u64, &foolproof_core::manifest::digest(bytes))
        );
    }
    let images = idx::images(&files[0].1).unwrap();
    assert_eq!((images.shape, images.values.len()), ([1, 4, 4], 48 * 16));
    assert_eq!(idx::labels(&files[1].1).unwrap(), own.train.labels);
}

#[test]
fn a_large_one_comes_in_shards() {
    let samples = |count: usize| Samples { images: vec![0; count], labels: vec![0; count] };
    let own = OwnDataset {
        name: "own".into(),
        classes: vec!["a".into(), "b".into()],
        shape: [1, 1, 1],
        train: samples(4500),
        test: samples(10),
        skipped: Skipped::default(),
        notices: vec![],
    };
    let dataset: Dataset = serde_json::from_str(&shards(&own, |_, _| ()).unwrap().dataset).unwrap();
    let runs: Vec<_> = dataset.train.iter().map(|shard| (shard.first, shard.count)).collect();
    assert_eq!(runs, [(0, 2000), (2000, 2000), (4000, 500)]);
}

#[test]
fn an_archive_is_as_its_files() {
    let files = folder(&[("cat", 12), ("dog", 8)]);
    let plain = read(files.clone(), 3).unwrap();
    for deflated in [false, true] {
        let zip = archive(&files.0, deflated);
        assert_eq!(read(Made(vec![("pets.zip".into(), zip.clone())]), 3).unwrap(), plain, "{deflated}");
    }
}

#[test]
fn archives_that_lie_are_refused_before_memory_is_taken() {
    let pictures = |count: usize| -> Vec<(String, Vec<u8>)> {
        (0..count).map(|at| (format!("{}/{at}.png", at % 2), picture(4, 4, at as u8))).collect()
    };
    // The length that the list of the archive gives for each entry.
    let lying = |length: u32| {
        let mut zip = archive(&pictures(20), true);
        let places: Vec<usize> = (0..zip.len() - 4).filter(|&at| zip[at..].starts_with(b"PK\x01\x02")).collect();
        places.iter().for_each(|&at| zip[at + 24..at + 28].copy_from_slice(&length.to_le_bytes()));
        read(Made(vec![("a.zip".into(), zip)]), 1).unwrap_err()
    };
    assert!(lying(3).contains("longer than the archive says"), "{}", lying(3));
    assert!(lying(1000).contains("where the archive says 1000"), "{}", lying(1000));
    assert!(lying(u32::MAX - 1).contains("longer than 19 MB"), "{}", lying(u32::MAX - 1));
    let cut = archive(&pictures(20), false);
    let cut = read(Made(vec![("a.zip".into(), cut[..cut.len() / 2].to_vec())]), 1).unwrap_err();
    assert!(cut.contains("was cut off"), "{cut}");
    let two = vec![("a.zip".into(), archive(&pictures(2), false)), ("b.zip".into(), archive(&pictures(2), false))];
    assert!(read(Made(two), 1).unwrap_err().contains("more than one archive"));
}

#[test]
fn what_holds_nothing_says_so() {
    for files in [vec![], vec![("notes.txt".to_owned(), vec![1])], vec![(".hidden/a.png".to_owned(), vec![1])]] {
        assert!(read(Made(files), 1).unwrap_err().contains("no pictures"));
    }
}

proptest! {
    #[test]
    fn no_bytes_of_an_archive_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), flips in prop::collection::vec((any::<u16>(), any::<u8>()), 1..6)) {
        let _ = read(Made(vec![("a.zip".into(), bytes)]), 1);
        let mut zip = archive(&folder(&[("a", 6), ("b", 6)]).0, true);
        for (place, value) in flips {
            let place = usize::from(place) % zip.len();
            zip[place] = value;
        }
        let _ = read(Made(vec![("a.zip".into(), zip)]), 1);
    }

    #[test]
    fn no_table_panics(text in "[a-c0-9.,;\t\"\n\r/]{0,120}") {
        let mut files = folder(&[("a", 6), ("b", 6)]).0;
        files.push(("labels.csv".into(), text.into_bytes()));
        let _ = read(Made(files), 1);
    }

    #[test]
    fn no_arrays_panic(shape in prop::collection::vec(0usize..5, 0..5), kinds in 0usize..3, content in prop::collection::vec(any::<u8>(), 0..64)) {
        let descr = ["|u1", "<i2", "<f4"][kinds];
        let images = npy(descr, &shape, &content);
        let labels = npy("|u1", &shape[..shape.len().min(1)], &content);
        let _ = read(Made(vec![("x.npy".into(), images), ("y.npy".into(), labels)]), 1);
    }
}
