//! A session as a file: the experiment, the visitor's drawings, own models and results, as JSON with a version.

use crate::i18n::{tr, tr_heard, tr_with};
use crate::{
    link::{Drawing, Settings, bounded},
    models,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use foolproof_core::bounds::{self, brief};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version that is written.
pub const VERSION: u64 = 2;
/// Longest file taken, in bytes: a few of the largest models, and room for the rest.
pub const LONGEST: usize = 256 << 20;
/// Most drawings taken.
pub const MOST_DRAWINGS: usize = 1000;

/// What makes a version's file one of the next version's, oldest first.
const STEPS: [fn(Value) -> Value; VERSION as usize] = [from_report, without_training];

/// A session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The state link, without address and `#`.
    pub fragment: String,
    /// Own drawings on the Measure page.
    #[serde(default)]
    pub drawings: Vec<Drawn>,
    /// Own models.
    #[serde(default)]
    pub models: Vec<Packed>,
    /// The last results.
    #[serde(default)]
    pub results: Results,
}

/// A drawing with its class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// As in a state link.
    pub pixels: String,
    /// The class that the visitor says it is.
    pub label: u8,
}

/// An own model: the one file that it is saved as.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Packed {
    /// Its name.
    pub name: String,
    /// Id of the dataset it is for.
    pub data: String,
    /// The file, in base64.
    pub file: String,
}

/// Results, each as the host API tells it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Of the last attack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attack: Option<Value>,
    /// Of the last evaluation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Value>,
    /// Of the last training run: a [`Record`](crate::train::record::Record).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<Value>,
}

impl Packed {
    /// A model's file.
    pub fn new(name: &str, data: &str, file: &[u8]) -> Packed {
        Packed { name: name.into(), data: data.into(), file: STANDARD.encode(file) }
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// A sentence that names the model.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        STANDARD
            .decode(&self.file)
            .map_err(|error| tr_with("The model “{0}” in the file is damaged: {1}.", &[&brief(&self.name), &error]))
    }
}

impl Session {
    /// The file.
    pub fn write(&self) -> String {
        let mut value = json!(self);
        value["foolproof"] = json!("session");
        value["version"] = json!(VERSION);
        value.to_string()
    }

    /// Reads a session, or a saved report, which becomes one.
    ///
    /// # Errors
    /// A sentence that says what is wrong, and where.
    pub fn read(text: &str) -> Result<Session, String> {
        if text.len() > LONGEST {
            return Err(tr_with("The file is longer than {0} MB.", &[&(LONGEST >> 20)]));
        }
        bounds::check(text, bounds::DEEPEST)
            .map_err(|why| tr_with("The file cannot be read: {0}.", &[&tr_heard(&why)]))?;
        let value: Value =
            serde_json::from_str(text).map_err(|error| tr_with("The file is no JSON: {0}.", &[&brief(error)]))?;
        let version = version(&value)?;
        let now = STEPS[version as usize..].iter().fold(value, |value, step| step(value));
        let session: Session =
            serde_json::from_value(now).map_err(|error| tr_with("The session is wrong: {0}.", &[&brief(error)]))?;
        session.check()
    }

    /// Its experiment, in the page as it is now: a file changes neither the visitor's language nor the frame around it.
    pub fn settings(&self, now: &Settings) -> Settings {
        Settings::read(&self.fragment).0.seen_as(now)
    }

    fn check(self) -> Result<Session, String> {
        if self.drawings.len() > MOST_DRAWINGS {
            return Err(tr_with(
                "The session has {0} drawings; {1} are taken.",
                &[&self.drawings.len(), &MOST_DRAWINGS],
            ));
        }
        if self.models.len() > models::MOST {
            return Err(tr_with("The session has {0} models; {1} are taken.", &[&self.models.len(), &models::MOST]));
        }
        bounded(self.fragment.len()).map_err(|remark| remark.sentence())?;
        let torn = self.drawings.iter().position(|one| Drawing::decode(&one.pixels).is_none());
        match torn {
            Some(place) => Err(tr_with("Drawing {0} of the session is damaged.", &[&(place + 1)])),
            None => Ok(self),
        }
    }
}

/// The version of a file; 0 is a report saved on its own.
fn version(value: &Value) -> Result<u64, String> {
    if value["kind"] == "report" {
        return Ok(0);
    }
    if value["foolproof"] != "session" {
        return Err(tr("The file is neither a session nor a report of Foolproof.").into());
    }
    match value["version"].as_u64() {
        Some(version @ 1..=VERSION) => Ok(version),
        Some(version) => {
            Err(tr_with("The session is of version {0}, and this page reads up to {1}.", &[&version, &VERSION]))
        }
        None => Err(tr("The session does not say its version.").into()),
    }
}

fn from_report(report: Value) -> Value {
    json!({ "fragment": report["fragment"], "results": { "report": report } })
}

/// Version 1 knew no results of training; all else is the same.
fn without_training(session: Value) -> Value {
    session
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let drawing = Drawing::new(&[7; 784]).unwrap();
        Session {
            fragment: "v=1&eps=0.2".into(),
            drawings: vec![Drawn { pixels: drawing.encode(), label: 3 }],
            models: vec![Packed::new("mine", "mnist", &[0, 1, 255])],
            results: Results {
                attack: Some(json!({ "kind": "attack" })),
                training: Some(json!({ "kind": "training" })),
                ..Results::default()
            },
        }
    }

    #[test]
    fn a_session_comes_back() {
        let read = Session::read(&session().write()).unwrap();
        assert_eq!(read, session());
        assert_eq!(read.models[0].bytes().unwrap(), [0, 1, 255]);
    }

    #[test]
    fn a_session_changes_the_experiment_and_nothing_of_the_visitors() {
        let (now, _) = Settings::read("lang=en&theme=dark&embed=1&hide=seed&lock=eps&eps=.1&engine=cpu");
        for own in ["", "&lang=de&theme=light&embed=0&hide=norm&lock=attack"] {
            let file = Session { fragment: format!("page=measure&eps=.3&seed=5{own}"), ..Session::default() };
            let wanted = "page=measure&eps=.3&seed=5&lang=en&theme=dark&embed=1&hide=seed&lock=eps";
            assert_eq!(file.settings(&now), Settings::read(wanted).0, "{own}");
        }
    }

    #[test]
    fn a_report_is_a_session_of_the_version_before_the_first() {
        let report = json!({ "kind": "report", "fragment": "v=1&page=measure", "n": 5 });
        let read = Session::read(&report.to_string()).unwrap();
        assert_eq!((read.fragment.as_str(), read.results.report), ("v=1&page=measure", Some(report)));
    }

    #[test]
    fn a_file_of_version_1_is_read() {
        let read = Session::read(include_str!("../../tests/sessions/version-1.json")).unwrap();
        assert_eq!(read.fragment, "v=1&page=attack&data=mnist&model=mine:first&attack=fgsm&norm=linf&eps=0.15&seed=7");
        assert_eq!(read.drawings.iter().map(|drawn| drawn.label).collect::<Vec<_>>(), [3]);
        assert_eq!(Drawing::decode(&read.drawings[0].pixels).unwrap().pixels()[..3], [0, 85, 170]);
        assert_eq!((read.models[0].name.as_str(), read.models[0].bytes().unwrap()), ("first", vec![1, 2, 3]));
        assert_eq!((&read.results.attack.unwrap()["success"], read.results.training), (&json!(true), None));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let mut torn = session();
        torn.drawings.push(Drawn { pixels: "?".into(), label: 0 });
        let mut long = session();
        long.fragment = format!("hide={}", "eps,".repeat(20_000));
        let mut many = session();
        many.models = vec![many.models[0].clone(); models::MOST + 1];
        for (text, part) in [
            ("{".to_owned(), "no JSON: EOF while parsing an object at line 1"),
            ("{}".into(), "neither a session nor a report"),
            (r#"{"foolproof":"session"}"#.into(), "does not say its version"),
            (r#"{"foolproof":"session","version":9}"#.into(), "version 9"),
            (r#"{"foolproof":"session","version":1}"#.into(), "missing field `fragment`"),
            (torn.write(), "Drawing 2"),
            (many.write(), "51 models"),
            // F38: bounds, before anything of it is made, and no file quoted at length.
            (long.write(), "longer than 65536 characters"),
            (format!("[{}0]", "0,".repeat(9_000_000)), "cannot be read: it has more than 8000000 values."),
            (format!("{}1{}", "[".repeat(120), "]".repeat(120)), "nested deeper than 64 levels"),
            (json!({ "foolproof": "session", "version": 2, "fragment": ["x".repeat(9999)] }).to_string(), "is wrong"),
        ] {
            let why = Session::read(&text).unwrap_err();
            assert!(why.contains(part) && why.chars().count() < 300, "{why}");
        }
        assert!(
            Packed { name: "m".into(), data: "mnist".into(), file: "*".into() }.bytes().unwrap_err().contains("“m”")
        );
    }
}
