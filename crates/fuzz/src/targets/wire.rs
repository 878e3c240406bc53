//! Messages between page and workers: what is read is written and read as the same bytes.

use foolproof_core::{
    importing::{ImportAnswer, ImportRequest, dataset::DatasetAnswer},
    protocol::{Event, ExplainJob, Explained, Request},
};
use serde::{Serialize, de::DeserializeOwned};

/// A message's bytes, taken for one of every kind.
pub fn check(bytes: &[u8]) {
    if let Ok(request) = Request::read(bytes) {
        let written = postcard::to_allocvec(&request).expect("there is memory");
        let again = Request::read(&written).expect("a request that was read is written as one");
        assert_eq!(postcard::to_allocvec(&again).ok(), Some(written));
    }
    survives::<Event>(bytes);
    survives::<ExplainJob>(bytes);
    survives::<Explained>(bytes);
    survives::<ImportRequest>(bytes);
    survives::<ImportAnswer>(bytes);
    survives::<DatasetAnswer>(bytes);
}

/// By bytes, since some numbers are none and equal nothing.
fn survives<T: Serialize + DeserializeOwned>(bytes: &[u8]) {
    if let Ok(message) = postcard::from_bytes::<T>(bytes) {
        let written = postcard::to_allocvec(&message).expect("there is memory");
        let again = postcard::from_bytes::<T>(&written).expect("a message that was read is written as one");
        assert_eq!(postcard::to_allocvec(&again).ok(), Some(written));
    }
}
