//! Names, models in and out, and a store that cannot keep them.

use super::{
    store::{Later, Memory},
    *,
};
use pollster::block_on;

/// A store with room for so many bytes, which is what a browser's is.
struct Tight {
    bytes: usize,
    inside: Memory,
}

impl Store for Tight {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Option<Vec<u8>>> {
        self.inside.get(key)
    }

    fn put<'a>(&'a self, key: &'a str, bytes: &'a [u8]) -> Later<'a, (), Unwritten> {
        if bytes.len() > self.bytes {
            return Box::pin(async { Err(Unwritten::Full) });
        }
        self.inside.put(key, bytes)
    }

    fn delete<'a>(&'a self, key: &'a str) -> Later<'a, ()> {
        self.inside.delete(key)
    }

    fn keys(&self) -> Later<'_, Vec<String>> {
        self.inside.keys()
    }

    fn lasts(&self) -> bool {
        true
    }
}

fn tight(bytes: usize) -> ModelStore {
    ModelStore::new(Rc::new(Tight { bytes, inside: Memory::default() }))
}

fn model_store() -> ModelStore {
    ModelStore::new(Rc::new(Memory::default()))
}

fn names(model_store: &ModelStore) -> Vec<String> {
    let (listed, fault) = block_on(model_store.list());
    assert_eq!(fault, None);
    listed.into_iter().map(|model| model.name).collect()
}

fn model(name: &str) -> Kept {
    let architecture = crate::fixture::manifest().models[0].architecture.clone();
    Kept::new(name, "mnist", true, architecture, &[1, 2, 3], "{}".into())
}

#[test]
fn names_fit_into_links() {
    for (name, fitted) in
        [("My Model", "my-model"), ("  ", "model"), ("größer!", "gr--er"), ("a/b&c=d", "a-b-c-d"), ("v1.2_x", "v1.2_x")]
    {
        assert_eq!(fit(name), fitted, "{name:?}");
    }
    assert_eq!(fit(&"x".repeat(100)).len(), LONGEST);
}

#[test]
fn a_model_is_kept_under_a_free_name_and_found_again() {
    let model_store = model_store();
    assert_eq!(block_on(model_store.keep(model("Mine"), &[1, 2, 3])).0.id(), "mine:mine");
    assert_eq!(block_on(model_store.keep(model("mine"), &[4])).0.name, "mine-2");
    assert_eq!(names(&model_store), ["mine", "mine-2"]);
    assert_eq!(block_on(model_store.weights("mine-2")).unwrap(), [4]);
    let listed = block_on(model_store.list()).0[0].model();
    assert_eq!((listed.parameters, listed.weights.path.as_str(), listed.weights.bytes), (7850, "mine:mine", 3));
}

#[test]
fn a_renamed_model_keeps_its_weights_and_a_deleted_one_is_gone() {
    let model_store = model_store();
    block_on(model_store.keep(model("a"), &[1]));
    block_on(model_store.keep(model("b"), &[2]));
    assert_eq!(block_on(model_store.rename("a", "B")).unwrap(), "b-2", "never over another one");
    assert_eq!(block_on(model_store.rename("b-2", "B 2")).unwrap(), "b-2");
    assert_eq!(block_on(model_store.weights("b-2")).unwrap(), [1]);
    assert!(block_on(model_store.weights("a")).unwrap_err().message.contains("“a”"));
    assert!(block_on(model_store.rename("a", "c")).is_err());
    block_on(model_store.delete("b")).unwrap();
    assert_eq!(names(&model_store), ["b-2"]);
}

#[test]
fn a_model_too_many_is_told_and_stays_in_memory() {
    let model_store = tight(10_000);
    for _ in 0..MOST {
        assert_eq!(block_on(model_store.keep(model("m"), &[0])).1, None);
    }
    let (kept, unkept) = block_on(model_store.keep(model("m"), &[9]));
    assert_eq!((kept.name.as_str(), unkept), ("m-51", Some(Unkept::Many)));
    assert_eq!(block_on(model_store.weights("m-51")).unwrap(), [9]);
}

#[test]
fn what_a_full_store_refuses_is_in_memory_with_its_weights() {
    let model_store = tight(1000);
    assert_eq!(block_on(model_store.keep(model("a"), &[1; 900])).1, None);
    let (kept, unkept) = block_on(model_store.keep(model("a"), &[2; 1100]));
    assert_eq!((kept.name.as_str(), unkept), ("a-2", Some(Unkept::Unwritten(Unwritten::Full))));
    assert_eq!((model_store.keeps("a"), model_store.keeps("a-2")), (true, false));
    assert_eq!(names(&model_store), ["a", "a-2"]);
    assert_eq!(block_on(model_store.weights("a-2")).unwrap(), [2; 1100]);
    // It is renamed and deleted as any other, where it lies.
    assert_eq!(block_on(model_store.rename("a-2", "b")).unwrap(), "b");
    assert_eq!((model_store.keeps("b"), names(&model_store)), (false, vec!["a".into(), "b".into()]));
    block_on(model_store.delete("b")).unwrap();
    assert_eq!(names(&model_store), ["a"]);
}

#[test]
fn where_nothing_may_be_stored_every_model_says_so() {
    let (kept, unkept) = block_on(model_store().keep(model("a"), &[1]));
    assert_eq!((kept.name.as_str(), unkept), ("a", Some(Unkept::Blocked)));
}

#[test]
fn half_a_model_is_not_left_in_the_store() {
    // Room for the weights, not for the card.
    let model_store = tight(10);
    assert_eq!(block_on(model_store.keep(model("a"), &[1])).1, Some(Unkept::Unwritten(Unwritten::Full)));
    assert_eq!(block_on(model_store.store().keys()).unwrap(), [""; 0]);
    assert_eq!(names(&model_store), ["a"]);
}
