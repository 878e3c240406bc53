//! Several runs one after another that differ in one thing: `train.sweep=eps:.1,.2,.3`, `lr:.002,.004`,
//! `method:fast,pgd,trades`.

use super::sheet::Board;
use crate::ui::texts::tr;
use crate::{report::Accuracy, training::Ending, ui::address::number};

/// Most runs of a sweep.
pub const MOST: usize = 8;

/// What the runs differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The radius to hold.
    Eps,
    /// The highest learning rate.
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

/// A sweep, as the link asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// What the runs differ in.
    pub over: Over,
    /// A value each, as the link writes it.
    pub values: Vec<String>,
}

/// The sweep of a text, and the entries that could not be taken; none for a text that says nothing to sweep over.
pub fn read(text: &str, methods: &[&str]) -> Option<(Sweep, Vec<String>)> {
    let (word, list) = text.split_once(':')?;
    let over = Over::ALL.into_iter().find(|over| over.word() == word.trim())?;
    let (mut values, mut refused) = (Vec::<String>::new(), Vec::new());
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let fits = match over.range() {
            Some((least, most)) => number(entry).is_some_and(|value| (least..=most).contains(&value)),
            None => methods.contains(&entry),
        };
        if fits && values.len() < MOST && !values.iter().any(|known| known == entry) {
            values.push(entry.to_owned());
        } else {
            refused.push(entry.to_owned());
        }
    }
    (!values.is_empty()).then_some((Sweep { over, values }, refused))
}

/// What came of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its value.
    pub value: String,
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
    pub fn of(value: String, board: &Board, seconds: f64, ending: Ending) -> Row {
        let attacked = board.names.iter().cloned().zip(board.after.attacked.iter().cloned()).collect();
        Row { value, clean: board.after.clean, attacked, seconds, ending }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Option<(Over, Vec<String>, usize)> {
        let (sweep, refused) = read(text, &["fast", "pgd"])?;
        Some((sweep.over, sweep.values, refused.len()))
    }

    #[test]
    fn each_kind_takes_its_own_values_and_names_the_others() {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(taken("eps: .1, 8/255 ,.1,-1"), Some((Over::Eps, owned(&[".1", "8/255"]), 2)));
        assert_eq!(taken("lr:0.001,1e9,nan"), Some((Over::Rate, owned(&["0.001"]), 2)));
        assert_eq!(taken("method:pgd,magic,fast"), Some((Over::Method, owned(&["pgd", "fast"]), 1)));
        let many: Vec<String> = (1..20).map(|at| format!("0.{at:02}")).collect();
        assert_eq!(
            taken(&format!("eps:{}", many.join(","))).map(|(_, values, refused)| (values.len(), refused)),
            Some((8, 11))
        );
        for nothing in ["", "eps", "eps:", "eps:x", "seed:1,2", ":"] {
            assert_eq!(taken(nothing), None, "{nothing}");
        }
    }
}
