//! A session's file: what is read, written and read again is the same, and all in it is taken or refused.

use super::link;
use crate::alike::alike;
use foolproof::{link::Settings, share::session::Session, train::record::Record};
use serde_json::json;

/// A text.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(session) = Session::read(text) else { return };
    let again = Session::read(&session.write()).expect("a session that was read is written as one");
    assert!(alike(&json!(again), &json!(session)), "{}", session.write());
    link::whole(&session.settings(&Settings::default()));
    for model in &session.models {
        let _ = model.bytes();
    }
    if let Some(Ok((told, record))) = session.results.training.as_ref().map(Record::read) {
        let written = record.write(&told);
        let (told_again, again) = Record::read(&written).expect("a record that was read is written as one");
        assert!(alike(&told_again, &told) && alike(&json!(again), &json!(record)), "{written}");
    }
}
