//! How far a sweep is, as plain data: kept in this browser as JSON, so that a reload costs at most the run under way, and
//! that a later page reads what an earlier one wrote.

use super::sweep::{Over, Row, Sweep};
use crate::{attack::words::figure, link::number};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// A sweep under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SweepProgress {
    /// What the runs differ in; empty for no sweep.
    pub over: Vec<Over>,
    /// The link that asked for it.
    pub fragment: String,
    /// Values of the runs that have not begun.
    left: VecDeque<Vec<String>>,
    /// Those of the run under way.
    now: Option<Vec<String>>,
    /// What came of the others.
    pub rows: Vec<Row>,
    /// The same, as the host gets it.
    results: Vec<Value>,
}

impl SweepProgress {
    /// A sweep that has not begun, for the link that asked for it.
    pub fn new(sweep: &Sweep, fragment: String) -> SweepProgress {
        let over = sweep.axes.iter().map(|axis| axis.over).collect();
        SweepProgress { over, fragment, left: sweep.runs().into(), ..SweepProgress::default() }
    }

    /// Whether a run of it is under way.
    pub fn is_under_way(&self) -> bool {
        self.now.is_some()
    }

    /// The run under way, told from the others of the sweep: `Epsilon 0.1, Learning rate 0.002`.
    pub fn under_way(&self) -> Option<String> {
        let of = |(over, value): (&Over, &String)| {
            let value = number(value).map_or_else(|| value.clone(), figure);
            format!("{} {value}", over.name())
        };
        Some(self.over.iter().zip(self.now.as_ref()?).map(of).collect::<Vec<_>>().join(", "))
    }

    /// Runs that are done, and all.
    pub fn count(&self) -> (usize, usize) {
        (self.rows.len(), self.rows.len() + self.left.len() + usize::from(self.now.is_some()))
    }

    /// Takes the next run for the one under way; whether there is one.
    pub fn step(&mut self) -> bool {
        self.now = self.left.pop_front();
        self.now.is_some()
    }

    /// The keys that the run under way changes in the link.
    pub fn keys(&self) -> Vec<(&'static str, String)> {
        let keys = self.over.iter().zip(self.now.iter().flatten());
        keys.map(|(over, value)| (over.key(), value.clone())).chain([("train.sweep", String::new())]).collect()
    }

    /// Takes what came of the run under way; the row, or nothing if there was no run.
    pub fn took(&mut self, row: impl FnOnce(Vec<String>) -> Row, result: &Value) -> Option<Row> {
        let row = row(self.now.take()?);
        self.results.push(json!({ "value": row.values.join(";"), "result": result }));
        self.rows.push(row.clone());
        Some(row)
    }

    /// What the host gets of it.
    pub fn result(&self) -> Value {
        let over: Vec<&str> = self.over.iter().map(|over| over.word()).collect();
        json!({ "kind": "sweep", "fragment": self.fragment, "over": over.join(";"), "rows": self.results })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::sweep;
    use foolproof_core::{report::Accuracy, training::Ending};

    fn row(values: Vec<String>) -> Row {
        Row { values, clean: Accuracy::of(0, 0), attacked: Vec::new(), seconds: 2.5, ending: Ending::Finished }
    }

    fn begun(text: &str) -> SweepProgress {
        SweepProgress::new(&sweep::read(text, &[]).unwrap().0, "v=1".into())
    }

    #[test]
    fn run_follows_run_and_the_host_gets_every_row() {
        let mut progress = begun("eps:.1,.2;lr:.002");
        assert_eq!((progress.count(), progress.is_under_way()), ((0, 2), false));
        assert!(progress.step() && progress.count() == (0, 2));
        let keys = [("train.eps", ".1".to_owned()), ("train.lr", ".002".into()), ("train.sweep", String::new())];
        assert_eq!(progress.keys(), keys);
        assert_eq!(progress.under_way().as_deref(), Some("Epsilon 0.1, Learning rate 0.002"));
        assert_eq!(progress.took(row, &json!({ "kind": "training" })).unwrap().values, [".1", ".002"]);
        assert_eq!(progress.took(row, &json!({})), None, "a run has one row");
        assert!(progress.step() && progress.took(row, &json!({})).is_some() && !progress.step());
        assert_eq!(progress.under_way(), None, "all are done");
        let result = progress.result();
        assert_eq!((&result["kind"], &result["over"]), (&json!("sweep"), &json!("eps;lr")));
        assert_eq!(result["rows"][0], json!({ "value": ".1;.002", "result": { "kind": "training" } }));
        assert_eq!(begun("lr:1").result()["over"], json!("lr"));
    }

    #[test]
    fn a_sweep_comes_back_where_it_was_and_from_other_builds() {
        let mut progress = begun("eps:.1,.2,.3");
        progress.step();
        progress.took(row, &json!({}));
        progress.step();
        let text = serde_json::to_string(&progress).unwrap();
        let mut again: SweepProgress = serde_json::from_str(&text).unwrap();
        assert_eq!((&again, again.count()), (&progress, (1, 3)));
        assert_eq!(again.keys()[0], ("train.eps", ".2".to_owned()));
        assert!(again.step());
        let other = r#"{"over":["lr"],"left":[["1"]],"colour":"red"}"#;
        assert_eq!(serde_json::from_str::<SweepProgress>(other).unwrap().count(), (0, 1));
    }
}
