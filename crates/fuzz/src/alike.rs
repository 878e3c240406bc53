//! Whether two JSON values are the same but for the last bits of numbers, which the parser of JSON may miss.

use serde_json::Value;

/// How far two numbers may be apart, as a part of the larger.
const NEAR: f64 = 1e-13;

/// Whether they are the same.
pub fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) if a != b => near(a.as_f64(), b.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| alike(value, other)))
        }
        _ => one == other,
    }
}

fn near(one: Option<f64>, other: Option<f64>) -> bool {
    // Below the smallest normal number the last bit is a larger part.
    one.zip(other).is_some_and(|(a, b)| (a - b).abs() <= NEAR * a.abs().max(b.abs()) + f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::alike;
    use serde_json::json;

    #[test]
    fn last_bits_do_not_count_and_all_else_does() {
        let one = json!({ "a": [0.1, "x", null], "b": 7 });
        assert!(alike(&one, &json!({ "b": 7, "a": [0.1 + f64::EPSILON / 8.0, "x", null] })));
        for other in [json!({ "a": [0.1, "x"], "b": 7 }), json!({ "a": [0.1, "x", null] }), json!({ "a": 0, "b": 7 })] {
            assert!(!alike(&one, &other), "{other}");
        }
        assert!(!alike(&json!(0.1), &json!(0.100_000_1)) && !alike(&json!(1), &json!(2)));
    }
}
