//! Plain data between JavaScript and [`Value`], by way of the browser's own JSON: a parser and a printer less to load.

use js_sys::{Array, JSON, Object, Reflect};
use serde_json::{Map, Number, Value};
use wasm_bindgen::{JsCast, JsValue};

/// Deepest nesting taken.
const DEEPEST: usize = 24;
/// Largest whole number that a JavaScript number holds exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A JSON text as a value.
///
/// # Errors
/// What the browser says of a text that is no JSON.
pub fn parse(text: &str) -> Result<Value, String> {
    let said =
        |error: JsValue| error.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| error.message().into());
    let parsed = JSON::parse(text).map_err(said)?;
    value(&parsed, 0).ok_or_else(|| "it is nested too deep".into())
}

/// What the browser's parser made, as plain data; `None` if it is nested too deep.
fn value(js: &JsValue, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(flag) = js.as_bool() {
        return Some(Value::Bool(flag));
    }
    if let Some(number) = js.as_f64() {
        return Some(number_value(number));
    }
    if let Some(text) = js.as_string() {
        return Some(Value::String(text));
    }
    if let Some(list) = js.dyn_ref::<Array>() {
        return list.iter().map(|item| value(&item, depth + 1)).collect::<Option<_>>().map(Value::Array);
    }
    let Some(object) = js.dyn_ref::<Object>() else { return Some(Value::Null) };
    let mut map = Map::new();
    for key in Object::keys(object).iter() {
        let item = Reflect::get(object, &key).ok()?;
        map.insert(key.as_string()?, value(&item, depth + 1)?);
    }
    Some(Value::Object(map))
}

fn number_value(number: f64) -> Value {
    // JSON has one kind of number; a whole one becomes an integer, so that a 3 is written as 3 and not as 3.0.
    let whole = number.fract() == 0.0 && number.abs() <= EXACT;
    let number = if whole { Some(Number::from(number as i64)) } else { Number::from_f64(number) };
    number.map_or(Value::Null, Value::Number)
}

/// Plain data as a JSON text.
pub fn text(value: &Value) -> String {
    // Refused only for circles, which plain data has none of.
    JSON::stringify(&js(value)).map_or_else(|_| "null".into(), String::from)
}

/// Plain data as a JavaScript value.
pub fn js(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(flag) => JsValue::from_bool(*flag),
        Value::Number(number) => JsValue::from_f64(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => JsValue::from_str(text),
        Value::Array(items) => items.iter().map(js).collect::<Array>().into(),
        Value::Object(map) => {
            let object = Object::new();
            for (key, item) in map {
                // Setting a plain property of a fresh object cannot fail.
                let _ = Reflect::set(&object, &JsValue::from_str(key), &js(item));
            }
            object.into()
        }
    }
}
