//! The host API's messages: what may be asked, and the shape of answers. Pure; `window` listens and answers.

use crate::link::{Job, Remark, bounded, split};
use foolproof_core::protocol::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Version of the messages.
pub const VERSION: u64 = 1;

/// What a host may ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// The state as a link and as an object.
    GetState,
    /// Take these keys, of an object or a fragment, keep the others.
    SetState(Vec<(String, String)>),
    /// Attack afresh and answer with the result.
    RunAttack,
    /// Evaluate or train, which the lab does, and answer with what comes of it.
    RunLab(Job),
    /// Stop every job.
    Stop,
    /// The last result for the state.
    GetResult,
    /// What there is to choose from.
    GetCatalog,
    /// The current model as a file.
    ExportModel,
}

/// A request with the id its answer carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Echoed as it came.
    pub id: Value,
    /// What is asked.
    pub verb: Verb,
}

/// Why a request is refused: a word for programs and a sentence for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// A word.
    pub kind: String,
    /// A sentence.
    pub message: String,
}

impl Refusal {
    /// A refusal of this kind.
    pub fn new(kind: &str, message: impl Into<String>) -> Refusal {
        Refusal { kind: kind.into(), message: message.into() }
    }
}

impl From<Remark> for Refusal {
    fn from(remark: Remark) -> Refusal {
        Refusal::new("input", remark.sentence())
    }
}

impl From<&Fault> for Refusal {
    fn from(fault: &Fault) -> Refusal {
        let kind = serde_json::to_value(fault.kind).ok();
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("fault");
        Refusal::new(kind, &fault.message)
    }
}

/// Reads a message. `None` if it is none of ours: other messages pass through every window.
pub fn read(message: &Value) -> Option<Result<Call, (Value, Refusal)>> {
    let version = message.get("foolproof")?;
    let verb = message.get("verb")?;
    let id = message.get("id").cloned().unwrap_or(Value::Null);
    let refuse = |kind: &str, text: String| Some(Err((id.clone(), Refusal::new(kind, text))));
    if version.as_u64() != Some(VERSION) {
        return refuse("version", format!("This page speaks version {VERSION} of the messages only."));
    }
    let Some(verb) = verb.as_str() else {
        return refuse("unknown", "The verb must be a text.".into());
    };
    match (read_verb(verb, message.get("value").unwrap_or(&Value::Null)), &id) {
        (Ok(verb), id) => Some(Ok(Call { id: id.clone(), verb })),
        (Err(refusal), id) => Some(Err((id.clone(), refusal))),
    }
}

fn read_verb(verb: &str, value: &Value) -> Result<Verb, Refusal> {
    Ok(match verb {
        "getState" => Verb::GetState,
        "setState" => match value {
            Value::String(fragment) => Verb::SetState(split(fragment)?),
            Value::Object(keys) => Verb::SetState(pairs(keys)?),
            _ => return Err(Refusal::new("input", "setState takes a fragment or an object of keys.")),
        },
        "run" => match value.as_str() {
            Some("attack") => Verb::RunAttack,
            Some("evaluate") => Verb::RunLab(Job::Evaluate),
            Some("train") => Verb::RunLab(Job::Train),
            _ => return Err(Refusal::new("input", "run takes “attack”, “train” or “evaluate”.")),
        },
        "stop" => Verb::Stop,
        "getResult" => Verb::GetResult,
        "getCatalog" => Verb::GetCatalog,
        "exportModel" => Verb::ExportModel,
        _ => return Err(Refusal::new("unknown", format!("There is no verb “{}”.", short(verb)))),
    })
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An object's keys as a link would have them.
fn pairs(keys: &Map<String, Value>) -> Result<Vec<(String, String)>, Refusal> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(u8::from(*flag).to_string()),
        Value::Null => Some("none".into()),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.join(",")),
        Value::Object(_) => None,
    };
    let pair = |(key, value): (&String, &Value)| match text(value) {
        Some(text) => Ok((key.clone(), text)),
        None => Err(Refusal::new("input", format!("“{}” must be a text, a number or a list of texts.", short(key)))),
    };
    let pairs: Vec<(String, String)> = keys.iter().map(pair).collect::<Result<_, _>>()?;
    bounded(pairs.iter().map(|(key, value)| key.len() + value.len()).sum())?;
    Ok(pairs)
}

/// An answer.
pub fn reply(id: &Value, answer: Result<Value, Refusal>) -> Value {
    match answer {
        Ok(value) => json!({ "foolproof": VERSION, "id": id, "ok": true, "value": value }),
        Err(Refusal { kind, message }) => {
            json!({ "foolproof": VERSION, "id": id, "ok": false, "error": { "kind": kind, "message": message } })
        }
    }
}

/// An event.
pub fn event(name: &str, value: Value) -> Value {
    json!({ "foolproof": VERSION, "event": name, "value": value })
}

/// The answer to `setState`.
pub fn applied(fragment: &str, remarks: &[Remark]) -> Value {
    let keys = |wanted: fn(&Remark) -> Option<&String>| remarks.iter().filter_map(wanted).collect::<Vec<_>>();
    let ignored = keys(|remark| match remark {
        Remark::Ignored { key } => Some(key),
        Remark::Clamped { .. } | Remark::TooLong { .. } => None,
    });
    let clamped = keys(|remark| match remark {
        Remark::Clamped { key, .. } => Some(key),
        Remark::Ignored { .. } | Remark::TooLong { .. } => None,
    });
    json!({ "fragment": fragment, "ignored": ignored, "clamped": clamped })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verb(verb: &str, value: Value) -> Result<Verb, String> {
        let message = json!({ "foolproof": 1, "id": 7, "verb": verb, "value": value });
        read(&message).unwrap().map(|call| call.verb).map_err(|(_, refusal)| refusal.kind)
    }

    #[test]
    fn only_messages_of_ours_are_read() {
        for other in
            [json!(null), json!("text"), json!({ "verb": "stop" }), json!({ "foolproof": 1, "event": "ready" })]
        {
            assert_eq!(read(&other), None, "{other}");
        }
        let answer = reply(&json!(1), Ok(Value::Null));
        assert_eq!(read(&answer), None, "the page's own answers are no requests");
    }

    #[test]
    fn each_verb_is_understood() {
        assert_eq!(verb("getState", Value::Null), Ok(Verb::GetState));
        assert_eq!(verb("run", json!("attack")), Ok(Verb::RunAttack));
        assert_eq!(verb("run", json!("evaluate")), Ok(Verb::RunLab(Job::Evaluate)));
        assert_eq!(verb("run", json!("train")), Ok(Verb::RunLab(Job::Train)));
        assert_eq!(verb("setState", json!("#eps=.1")), Ok(Verb::SetState(vec![("eps".into(), ".1".into())])));
        let keys = json!({ "eps": 0.1, "embed": true, "hide": ["seed", "norm"], "target": null });
        let pairs = [("embed", "1"), ("eps", "0.1"), ("hide", "seed,norm"), ("target", "none")];
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        assert_eq!(verb("setState", keys), Ok(Verb::SetState(pairs)));
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_id_and_a_kind() {
        assert_eq!(verb("eval", json!("alert(1)")), Err("unknown".into()));
        assert_eq!(verb("run", json!("everything")), Err("input".into()));
        assert_eq!(verb("setState", json!(7)), Err("input".into()));
        assert_eq!(verb("setState", json!({ "eps": {} })), Err("input".into()));
        // F34: what is too long is refused whole, as a text and as an object.
        assert_eq!(verb("setState", json!(format!("eps=.1&seed={}", "9".repeat(70_000)))), Err("input".into()));
        assert_eq!(verb("setState", json!({ "eps": 0.1, "hide": vec!["seed"; 20_000] })), Err("input".into()));
        let (id, refusal) = read(&json!({ "foolproof": 2, "id": "a", "verb": "stop" })).unwrap().unwrap_err();
        assert_eq!((id, refusal.kind.as_str()), (json!("a"), "version"));
    }

    #[test]
    fn answers_have_the_contracts_shape() {
        assert_eq!(reply(&json!("x"), Ok(json!(5))), json!({ "foolproof": 1, "id": "x", "ok": true, "value": 5 }));
        let refused = reply(&json!(1), Err(Refusal::new("input", "No.")));
        assert_eq!(refused["error"], json!({ "kind": "input", "message": "No." }));
        assert_eq!(refused["ok"], json!(false));
        let remarks = [Remark::Ignored { key: "x".into() }, Remark::Ignored { key: "y".into() }];
        assert_eq!(applied("v=1", &remarks), json!({ "fragment": "v=1", "ignored": ["x", "y"], "clamped": [] }));
    }
}
