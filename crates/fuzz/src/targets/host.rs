//! A host's messages: each is passed over, refused or taken; what `getState` answers can be set, and no answer is taken
//! for a request.

use super::link;
use foolproof::{
    host::{
        answer::state,
        message::{Call, Verb, applied, read, reply},
    },
    link::{Settings, USUAL_STEPS},
};
use serde_json::{Value, json};

/// A message, as JSON.
pub fn check(bytes: &[u8]) {
    let Ok(message) = serde_json::from_slice::<Value>(bytes) else { return };
    let answer = match read(&message) {
        None => return,
        Some(Err((id, refusal))) => reply(&id, Err(refusal)),
        Some(Ok(Call { id, verb: Verb::SetState(pairs) })) => reply(&id, Ok(set(pairs))),
        Some(Ok(Call { id, .. })) => reply(&id, Ok(Value::Null)),
    };
    assert_eq!(&answer["id"], message.get("id").unwrap_or(&Value::Null));
    assert!(read(&answer).is_none(), "{answer}");
}

/// Sets a state, and what the answer says of it once more.
fn set(pairs: Vec<(String, String)>) -> Value {
    let mut settings = Settings::default();
    let remarks = settings.update(pairs);
    link::whole(&settings);
    let told = state(&settings);
    // The object also tells the steps that nobody has set.
    let steps = Some(settings.steps.unwrap_or(USUAL_STEPS));
    let filled = Settings { steps, ..settings.clone() };
    for (value, expected) in [(&told["state"], &filled), (&told["fragment"], &settings)] {
        let call = read(&json!({ "foolproof": 1, "id": 0, "verb": "setState", "value": value }));
        if let Some(Ok(Call { verb: Verb::SetState(pairs), .. })) = call {
            let mut again = Settings::default();
            let none = again.update(pairs);
            assert_eq!((&again, none), (expected, Vec::new()), "{told}");
        }
    }
    applied(&settings.fragment(), &remarks)
}
