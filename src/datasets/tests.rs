//! Own datasets in a store that is memory: kept, found again, renamed with the models that are for them, forgotten.

use super::{store, *};
use crate::{
    fixture::manifest,
    models::{
        Kept, ModelStore,
        store::{Memory, Store},
    },
};
use foolproof_core::{idx, manifest::digest};
use pollster::block_on;
use std::rc::Rc;

fn model_store() -> ModelStore {
    ModelStore::new(Rc::new(Memory::default()))
}

/// Keeps a dataset of two pictures a part.
fn kept(store: &dyn Store, name: &str) -> KeptDataset {
    let shard = |part: &str| {
        let images = idx::write_images(&idx::Images { shape: [1, 2, 2], values: vec![7u8; 8].into() });
        let file = |what: &str, bytes: &[u8]| {
            let path = format!("data/{name}/{part}-00000-{what}");
            block_on(store.put(&path, bytes)).unwrap();
            File { path, bytes: bytes.len() as u64, sha256: digest(bytes) }
        };
        let (images, labels) = (file("images", &images), file("labels", &idx::write_labels(&[0, 1])));
        vec![Shard { first: 0, count: 2, images, labels }]
    };
    let dataset = Dataset {
        id: format!("mine:{name}"),
        name: name.into(),
        shape: [1, 2, 2],
        classes: vec!["cat".into(), "dog".into()],
        train: shard("train"),
        test: shard("test"),
        natural: String::new(),
        robust: String::new(),
        ..manifest().datasets[0].clone()
    };
    let kept = KeptDataset { dataset, counts: vec![[1, 1], [1, 1]] };
    block_on(store::keep(store, &kept)).unwrap();
    kept
}

#[test]
fn what_is_kept_is_listed_and_read_again() {
    let models = model_store();
    let (b, a) = (kept(models.store(), "b"), kept(models.store(), "a"));
    block_on(models.store().put("data/broken", b"{}")).unwrap();
    assert_eq!(block_on(store::list(models.store())).unwrap(), [a.clone(), b]);
    assert_eq!((a.items(), a.bytes()), ([2, 2], 2 * (24 + 10)));
    for file in a.files() {
        let bytes = block_on(store::file(models.store(), &a, &file.path)).unwrap();
        assert_eq!(bytes.len() as u64, file.bytes);
    }
}

#[test]
fn a_file_that_is_not_what_it_was_is_refused() {
    let models = model_store();
    let kept = kept(models.store(), "a");
    let path = &kept.dataset.test[0].labels.path;
    block_on(models.store().put(path, b"other")).unwrap();
    let read = |path: &str| block_on(store::file(models.store(), &kept, path)).unwrap_err().message;
    assert!(read(path).contains("SHA-256"));
    block_on(models.store().delete(path)).unwrap();
    assert!(read(path).contains("does not keep data “a”"));
    assert!(read("model/a").contains("does not keep data “a”"));
}

#[test]
fn a_new_name_goes_with_the_files_and_the_models() {
    let models = model_store();
    kept(models.store(), "pets");
    kept(models.store(), "taken");
    let model = |name: &str, data: &str| {
        let architecture = manifest().models[0].architecture.clone();
        block_on(models.keep(Kept::new(name, data, false, architecture, &[1, 2], "{}".into()), &[1, 2]))
    };
    model("one", "mine:pets");
    model("two", "mnist");
    assert_eq!(block_on(store::rename(&models, "pets", "Taken")).unwrap(), "taken-2");
    let all = block_on(store::list(models.store())).unwrap();
    assert_eq!(all.iter().map(|kept| kept.dataset.id.as_str()).collect::<Vec<_>>(), ["mine:taken", "mine:taken-2"]);
    all[1].files().for_each(|file| drop(block_on(store::file(models.store(), &all[1], &file.path)).unwrap()));
    let keys = block_on(models.store().keys()).unwrap();
    assert!(keys.iter().all(|key| !key.starts_with("data/pets")), "{keys:?}");
    let (own, _) = block_on(models.list());
    assert_eq!(own.iter().map(|model| model.data.as_str()).collect::<Vec<_>>(), ["mine:taken-2", "mnist"]);
    assert_eq!(block_on(models.weights("one")).unwrap(), [1, 2]);
    assert!(block_on(store::rename(&models, "gone", "x")).unwrap_err().message.contains("“gone”"));
}

#[test]
fn what_is_deleted_leaves_nothing_and_its_neighbour_alone() {
    let models = model_store();
    kept(models.store(), "pets");
    let other = kept(models.store(), "pets-2");
    block_on(store::delete(models.store(), "pets")).unwrap();
    assert_eq!(block_on(store::list(models.store())).unwrap(), [other]);
    assert!(block_on(models.store().keys()).unwrap().iter().all(|key| key.starts_with("data/pets-2")));
}

#[test]
fn names_are_free_and_not_without_end() {
    let models = model_store();
    let free = |name: &str| block_on(store::free(models.store(), name));
    assert_eq!([free("My Pets!").unwrap(), free(" ").unwrap()], ["my-pets", "data"]);
    (0..store::MOST).for_each(|at| drop(kept(models.store(), &format!("d{at}"))));
    assert!(free("one").unwrap_err().message.contains("keeps 20 datasets"));
}

#[test]
fn the_first_models_of_each_kind_are_shown_first() {
    let models = model_store();
    let data = kept(models.store(), "pets").dataset;
    let model = |id: &str, robust: bool| Model {
        id: id.into(),
        data: "mine:pets".into(),
        robust,
        ..manifest().models[0].clone()
    };
    let named = |models: &[Model]| {
        let all = with_models(vec![data.clone()], models);
        (all[0].natural.clone(), all[0].robust.clone())
    };
    assert_eq!(named(&manifest().models), (String::new(), String::new()));
    assert_eq!(named(&[model("mine:r", true)]), ("mine:r".into(), "mine:r".into()));
    let all = [model("mine:r", true), model("mine:a", false), model("mine:b", false)];
    assert_eq!(named(&all), ("mine:a".into(), "mine:r".into()));
}
