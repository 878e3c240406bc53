//! A report's file, read again. It may be anybody's, so all that it has is bounded before it is taken.

use super::{report::Report, report_json::KEPT};
use crate::i18n::{tr, tr_heard, tr_mark, tr_with};
use foolproof_core::{
    bounds::{self, brief},
    report::{Classes, ModelReport},
};
use serde_json::Value;

/// Longest file that is read, bytes.
pub const LONGEST: usize = 64 << 20;
/// Most entries of the lists that the page's tables and charts have a row, a column or a line of.
const MOST: [(&str, &str, usize); 4] = [
    ("models", tr_mark("it has {0} models, of which {1} are taken"), 60),
    ("trials", tr_mark("it has {0} attacks, of which {1} are taken"), 60),
    ("audit", tr_mark("it has {0} findings of the auditor, of which {1} are taken"), 1000),
    ("classes", tr_mark("it has {0} classes, of which {1} are taken"), 1000),
];

/// A file's report.
///
/// # Errors
/// One sentence that says what is wrong with the file.
pub fn load(text: &str) -> Result<Report, String> {
    if text.len() > LONGEST {
        return Err(tr("The file is too long to be a report.").into());
    }
    let bad = |why: String| tr_with("The file is no report of this page: {0}.", &[&why]);
    bounds::check(text, bounds::DEEPEST).map_err(|why| bad(tr_heard(&why)))?;
    let mut whole: Value = serde_json::from_str(text).map_err(|error| bad(brief(error)))?;
    if whole.get("kind").and_then(Value::as_str) != Some("report") {
        return Err(bad(tr("its kind is not “report”").into()));
    }
    for (key, what, most) in MOST {
        let count = whole[KEPT][key].as_array().map_or(0, Vec::len);
        if count > most {
            return Err(bad(tr_with(what, &[&count, &most])));
        }
    }
    let kept = whole[KEPT].take();
    if !within_reach(&kept) {
        return Err(bad(tr("one of its numbers is too large").into()));
    }
    let report: Report = serde_json::from_value(kept).map_err(|error| bad(brief(error)))?;
    let fits = |model: &ModelReport| {
        let samples = model.samples.iter();
        model.attacks.len() == report.trials.len()
            && model.transfer.iter().all(|row| row.len() == report.models.len())
            && samples.flat_map(|row| &row.broken).all(|&attack| attack < report.trials.len())
            && model.smoothed.as_ref().is_none_or(|of| of.samples.len() <= report.labels.len())
            && square(&model.classes.0, report.classes.len())
            && square(&model.classes.1, report.classes.len())
    };
    if report.models.iter().all(fits) { Ok(report) } else { Err(bad(tr("its parts do not fit each other").into())) }
}

/// Whether a 32-bit number holds each of its numbers, as it has to hold most of them. One that is beyond would be read as
/// infinite, and written as nothing.
fn within_reach(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() <= f32::MAX.into()),
        Value::Array(items) => items.iter().all(within_reach),
        Value::Object(entries) => entries.values().all(within_reach),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn square(classes: &Classes, count: usize) -> bool {
    let rows = &classes.confusion;
    rows.len() == count
        && rows.iter().all(|row| row.len() == count)
        && [&classes.precision, &classes.recall, &classes.f1].iter().all(|figures| figures.len() == count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::report_json::{file, json, tests::report};

    #[test]
    fn a_file_loads_again_and_others_are_refused_in_a_sentence() {
        let report = report();
        // The parser of JSON may miss the last bit of a number; once it has, it stays.
        let again = load(&file(&report)).unwrap();
        assert_eq!(again.models[0].samples, report.models[0].samples, "0.02 and none found are told from not searched");
        assert_eq!((&again.trials, &again.audit, &again.about), (&report.trials, &report.audit, &report.about));
        assert_eq!(
            (json(&again)["models"][0]["curve"].as_array().map(Vec::len), again.methods()),
            (Some(33), report.methods())
        );
        assert!((again.models[0].score - report.models[0].score).abs() < 1e-12);
        for bad in ["", "[]", "{\"kind\":\"attack\"}", "{\"kind\":\"report\"}", "{\"kind\":\"report\",\"page\":{}}"] {
            assert!(load(bad).unwrap_err().starts_with("The file is no report"), "{bad}");
        }
        let mut crooked = report.clone();
        crooked.models[0].samples[0].broken = vec![7];
        assert!(load(&file(&crooked)).unwrap_err().contains("do not fit"));
        let mut crooked = report;
        crooked.models[0].classes.0.confusion.pop();
        assert!(load(&file(&crooked)).unwrap_err().contains("do not fit"));
    }

    /// Of such a radius the page would show ∞, and save a file that it does not read.
    #[test]
    fn numbers_beyond_those_of_32_bits_are_refused() {
        let mut whole: Value = serde_json::from_str(&file(&report())).unwrap();
        whole[KEPT]["eps"] = serde_json::json!(1e99);
        let told = load(&whole.to_string()).unwrap_err();
        assert!(told.contains("one of its numbers is too large"), "{told}");
    }

    /// F38: what would block the page, or be quoted at length.
    #[test]
    fn what_is_too_much_is_refused_by_its_bound() {
        let mut many = report();
        many.models = vec![many.models[0].clone(); 120];
        assert!(load(&file(&many)).unwrap_err().contains("it has 120 models, of which 60 are taken"));
        assert!(load(&format!("[{}0]", "0,".repeat(9_000_000))).unwrap_err().contains("more than 8000000 values"));
        assert!(load(&"[".repeat(1_000_000)).unwrap_err().contains("nested deeper than 64 levels"));
        let long = serde_json::json!({ "kind": "report", "page": { "data": ["x".repeat(100_000)], "norm": "y".repeat(100_000) } });
        assert!(load(&long.to_string()).unwrap_err().chars().count() < 300);
    }
}
