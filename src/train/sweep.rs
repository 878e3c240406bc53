//! Several runs one after another that differ in one thing, `train.sweep=eps:.1,.2,.3`, `lr:.002,.004`,
//! `method:fast,pgd,trades`, or in every combination of two or three: `eps:.1,.2;lr:.002,.004`.

use super::scoreboard::Board;
use crate::i18n::tr;
use crate::link::number;
use foolproof_core::{report::Accuracy, training::Ending};
use serde::{Deserialize, Serialize};

/// Most runs of a sweep.
pub const MOST: usize = 8;

/// What the runs differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Over {
    /// The radius to hold.
    Eps,
    /// The highest learning rate.
    #[serde(rename = "lr")]
    Rate,
    /// The training method.
    Method,
}

impl Over {
    /// Each of them.
    pub const ALL: [Over; 3] = [Over::Eps, Over::Rate, Over::Method];

    /// Its word in links.
    pub fn word(self) -> &'static str {
        ["eps", "lr", "method"][self as usize]
    }

    /// Its name, as the head of a column.
    pub fn name(self) -> &'static str {
        [tr("Epsilon"), tr("Learning rate"), tr("Method")][self as usize]
    }

    /// The key of the link that it sets.
    pub fn key(self) -> &'static str {
        ["train.eps", "train.lr", "train.method"][self as usize]
    }

    /// The values that it can take.
    fn range(self) -> Option<(f64, f64)> {
        match self {
            Over::Eps => Some((0.0, 1000.0)),
            Over::Rate => Some((1e-6, 10.0)),
            Over::Method => None,
        }
    }
}

/// One thing that the runs differ in, with a value for each, as the link writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The thing.
    pub over: Over,
    /// Its values, each once.
    pub values: Vec<String>,
}

/// A sweep, as the link asks for it: every combination, [`MOST`] at most.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// At least one.
    pub axes: Vec<Axis>,
}

impl Sweep {
    /// How many runs it is.
    pub fn count(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// The values of each run, one an axis; those of the last axis change fastest.
    pub fn runs(&self) -> Vec<Vec<String>> {
        self.axes.iter().fold(vec![Vec::new()], |runs, axis| {
            let with = |run: &Vec<String>, value: &String| run.iter().chain([value]).cloned().collect();
            runs.iter().flat_map(|run| axis.values.iter().map(move |value| with(run, value))).collect()
        })
    }

    /// As the link writes it.
    pub fn text(&self) -> String {
        let text = |axis: &Axis| format!("{}:{}", axis.over.word(), axis.values.join(","));
        self.axes.iter().map(text).collect::<Vec<_>>().join(";")
    }
}

/// The sweep of a text, and the entries that could not be taken; none for a text that says nothing to sweep over.
pub fn read(text: &str, methods: &[&str]) -> Option<(Sweep, Vec<String>)> {
    let (mut axes, mut refused) = (Vec::<Axis>::new(), Vec::new());
    let mut room = MOST;
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match axis(part, methods, room) {
            Some((axis, left)) if axes.iter().all(|known| known.over != axis.over) => {
                room /= axis.values.len();
                axes.push(axis);
                refused.extend(left);
            }
            _ => refused.push(part.to_owned()),
        }
    }
    (!axes.is_empty()).then_some((Sweep { axes }, refused))
}

/// One thing to sweep over with at most `room` values, and those that could not be taken.
fn axis(text: &str, methods: &[&str], room: usize) -> Option<(Axis, Vec<String>)> {
    let (word, list) = text.split_once(':')?;
    let over = Over::ALL.into_iter().find(|over| over.word() == word.trim())?;
    let (mut values, mut refused) = (Vec::<String>::new(), Vec::new());
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let fits = match over.range() {
            Some((least, most)) => number(entry).is_some_and(|value| (least..=most).contains(&value)),
            None => methods.contains(&entry),
        };
        if fits && values.len() < room && !values.iter().any(|known| known == entry) {
            values.push(entry.to_owned());
        } else {
            refused.push(entry.to_owned());
        }
    }
    (!values.is_empty()).then_some((Axis { over, values }, refused))
}

/// What came of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its values, one an axis.
    pub values: Vec<String>,
    /// Clean accuracy.
    pub clean: Accuracy,
    /// Names of the scoreboard's attacks, and accuracy under each; `n` is 0 where none was measured.
    pub attacked: Vec<(String, Accuracy)>,
    /// Training time, seconds.
    pub seconds: f64,
    /// How it ended.
    pub ending: Ending,
}

impl Row {
    /// From the scoreboard of a run.
    pub fn of(values: Vec<String>, board: &Board, seconds: f64, ending: Ending) -> Row {
        let attacked = board.names.iter().cloned().zip(board.after.attacked.iter().cloned()).collect();
        Row { values, clean: board.after.clean, attacked, seconds, ending }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Option<(String, usize)> {
        let (sweep, refused) = read(text, &["fast", "pgd"])?;
        Some((sweep.text(), refused.len()))
    }

    #[test]
    fn each_kind_takes_its_own_values_and_names_the_others() {
        let owned = |text: &str, refused| Some((text.to_owned(), refused));
        assert_eq!(taken("eps: .1, 8/255 ,.1,-1"), owned("eps:.1,8/255", 2));
        assert_eq!(taken("lr:0.001,1e9,nan"), owned("lr:0.001", 2));
        assert_eq!(taken("method:pgd,magic,fast"), owned("method:pgd,fast", 1));
        let many: Vec<String> = (1..20).map(|at| format!("0.{at:02}")).collect();
        let (sweep, refused) = read(&format!("eps:{}", many.join(",")), &[]).unwrap();
        assert_eq!((sweep.count(), refused.len()), (8, 11));
        for nothing in ["", "eps", "eps:", "eps:x", "seed:1,2", ":", ";"] {
            assert_eq!(taken(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_grid_is_every_combination_while_there_is_room() {
        let (sweep, refused) = read("eps:.1,.2; lr:.002,.004", &[]).unwrap();
        assert_eq!(sweep.runs(), [[".1", ".002"], [".1", ".004"], [".2", ".002"], [".2", ".004"]]);
        assert_eq!((sweep.count(), refused.len()), (4, 0));
        let owned = |text: &str, refused| Some((text.to_owned(), refused));
        assert_eq!(taken("eps:.1,.2,.3;lr:.1,.2,.3"), owned("eps:.1,.2,.3;lr:.1,.2", 1), "three times three are nine");
        assert_eq!(taken("eps:.1,.2;eps:.3;seed:1;method:pgd"), owned("eps:.1,.2;method:pgd", 2));
    }
}
