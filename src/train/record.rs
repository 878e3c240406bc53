//! A run that is over, in a session file: what the host is told of it, and under `page` what the Train page shows.

use super::scoreboard::{Board, Score};
use crate::i18n::tr_with;
use foolproof_core::{
    report::Accuracy,
    training::{Ending, Point},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Most points of a curve that are taken; runs keep fewer (`training/curve.rs`).
const MOST_POINTS: usize = 1024;
/// Where the page's part lies.
const PAGE: &str = "page";

/// A run that is over, as the page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// How it ended.
    pub ending: Ending,
    /// Id of the model that came of it; `None` if it was not kept.
    pub model: Option<String>,
    /// Id of the model that it began with, or `random`.
    pub from: String,
    /// The curve, in order of time.
    pub curve: Vec<Point>,
    /// The scoreboard.
    pub board: Board,
}

impl Record {
    /// The file's part: the host's result, with this beside it.
    pub fn write(&self, result: &Value) -> Value {
        let mut value = result.clone();
        value[PAGE] = json!(self);
        value
    }

    /// The result as the host had it, and what the page showed.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn read(value: &Value) -> Result<(Value, Record), String> {
        let wrong = |why: String| tr_with("The training result in the session is wrong: {0}.", &[&why]);
        let mut result = value.clone();
        let page = result.as_object_mut().filter(|all| all.get("kind") == Some(&json!("training")));
        let page = page.ok_or_else(|| wrong("it is of no training run".into()))?.remove(PAGE).unwrap_or_default();
        let record: Record = serde_json::from_value(page).map_err(|error| wrong(error.to_string()))?;
        record.check().map_err(|why| wrong(why.into()))?;
        Ok((result, record))
    }

    fn check(&self) -> Result<(), &'static str> {
        let Record { curve, board, .. } = self;
        let figures = |score: &Score| score.attacked.iter().chain([&score.clean]).all(possible);
        let finite = |point: &Point| {
            let lesson = &point.lesson;
            let small = [lesson.loss, lesson.gradient, lesson.eps, lesson.right];
            [point.seconds, lesson.rate].iter().all(|number| number.is_finite())
                && small.iter().all(|number| number.is_finite())
        };
        let examined = curve.iter().filter_map(|point| point.examination);
        let attacks = board.attacks.len();
        let sizes = [board.names.len(), board.before.attacked.len(), board.after.attacked.len()];
        match () {
            _ if curve.len() > MOST_POINTS => Err("its curve is too long"),
            _ if !curve.iter().all(finite) => Err("its curve has a number out of range"),
            _ if sizes.iter().any(|size| *size != attacks) => Err("attacks and accuracies do not fit"),
            _ if !board.attacks.iter().all(|spec| spec.eps.is_finite()) => Err("a radius is out of range"),
            _ if !figures(&board.before) || !figures(&board.after) => Err("an accuracy is out of range"),
            _ if !examined.flat_map(|found| [found.clean, found.robust, found.single]).all(|one| possible(&one)) => {
                Err("an accuracy of its curve is out of range")
            }
            _ => Ok(()),
        }
    }
}

/// Whether these are a share and its interval.
fn possible(accuracy: &Accuracy) -> bool {
    let Accuracy { value, low, high, .. } = *accuracy;
    0.0 <= low && low <= value && value <= high && high <= 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::{
        catalog::Norm,
        protocol::{AttackSpec, Lesson},
        training::Examination,
    };

    fn record() -> Record {
        let all = |right: usize| Accuracy::of(right, 10);
        let (id, eps) = ("apgd-ce".into(), 0.3);
        let spec = AttackSpec {
            id,
            norm: Norm::Linf,
            eps,
            target: None,
            knobs: [("steps".to_owned(), 40.0)].into(),
            limits: Vec::new(),
        };
        let score = |right: usize| Score { clean: all(10), attacked: vec![all(right)] };
        let board = Board { attacks: vec![spec], names: vec!["APGD".into()], before: score(0), after: score(8) };
        let lesson = Lesson { loss: 0.5, rate: 0.01, images: 300, ..Lesson::default() };
        let examination = Some(Examination { clean: all(9), robust: all(7), single: all(8) });
        let point = |examination| Point { batch: 20, seconds: 1.5, lesson, examination };
        let ending = Ending::Overfitting { best: 0.7, fell: 0.1, single: 0.9 };
        let (model, from) = (Some("mine:a".into()), "mnist-cnn".into());
        Record { ending, model, from, curve: vec![point(None), point(examination)], board }
    }

    #[test]
    fn a_record_comes_back_beside_the_hosts_result() {
        let result = json!({ "kind": "training", "model": "mine:a" });
        let text = record().write(&result).to_string();
        let (told, again) = Record::read(&serde_json::from_str(&text).unwrap()).unwrap();
        let record = record();
        assert_eq!(told, result);
        assert_eq!((again.ending, &again.model, &again.from), (record.ending, &record.model, &record.from));
        assert_eq!((&again.board.attacks, &again.board.names), (&record.board.attacks, &record.board.names));
        assert_eq!((again.curve.len(), again.curve[0]), (2, record.curve[0]));
        // The parser of JSON may miss the last bit of a number.
        let (one, other) = (again.board.after.attacked[0], record.board.after.attacked[0]);
        assert!((one.low - other.low).abs() < 1e-12 && one.n == other.n);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let result = json!({ "kind": "training" });
        let with = |change: fn(&mut Record)| {
            let mut record = record();
            change(&mut record);
            record.write(&result)
        };
        let mut huge = record().write(&result);
        huge["page"]["curve"][0]["lesson"]["loss"] = json!(1e300);
        let mut wide = record().write(&result);
        wide["page"]["curve"][0]["lesson"]["eps"] = json!(1e300);
        for (value, part) in [
            (json!({ "kind": "report" }), "of no training run"),
            (json!(7), "of no training run"),
            (result.clone(), "invalid type: null"),
            (huge, "out of range"),
            (wide, "out of range"),
            (with(|record| record.curve = vec![record.curve[0]; 1025]), "too long"),
            (with(|record| record.board.names.clear()), "do not fit"),
            (with(|record| record.board.after.clean.value = 1.5), "accuracy is out of range"),
            (with(|record| record.curve[1].examination.iter_mut().for_each(|one| one.robust.low = -1.0)), "its curve"),
        ] {
            let why = Record::read(&value).unwrap_err();
            assert!(why.contains(part), "{why}");
        }
    }
}
