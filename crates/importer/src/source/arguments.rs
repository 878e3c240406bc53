//! A call's arguments, by place or by name.

use super::expression::{Call, Expression};
use crate::bounds::brief;
use foolproof_core::architecture::Pair;

/// The arguments of one call.
pub struct Arguments<'c, 'a> {
    call: &'c Call<'a>,
    names: &'static [&'static str],
}

impl<'c, 'a> Arguments<'c, 'a> {
    /// The arguments of a call that has these, in this order.
    ///
    /// # Errors
    /// A clause that names one that it has not, or has twice.
    pub fn new(call: &'c Call<'a>, names: &'static [&'static str]) -> Result<Arguments<'c, 'a>, String> {
        let mut met = Vec::new();
        for (at, (name, _)) in call.arguments.iter().enumerate() {
            let fail = |why: &str| Err(format!("line {}: {} {why}", call.line, brief(call.name)));
            let known = match name {
                Some(name) => names.iter().find(|known| *known == name),
                None => names.get(at),
            };
            match (known, name) {
                (Some(known), _) if met.contains(known) => return fail(&format!("has “{known}” twice")),
                (Some(known), _) => met.push(known),
                (None, Some(name)) => return fail(&format!("has no argument “{}”", brief(name))),
                (None, None) => return fail(&format!("takes at most {} arguments", names.len())),
            }
        }
        Ok(Arguments { call, names })
    }

    fn get(&self, wanted: &str) -> Option<&'c Expression<'a>> {
        let place = self.names.iter().position(|name| *name == wanted);
        let mut all = self.call.arguments.iter().enumerate();
        let found = all.find(|(at, (name, _))| name.map_or(Some(*at) == place, |name| name == wanted));
        found.map(|(_, (_, value))| value).filter(|value| **value != Expression::Name("None"))
    }

    /// A sentence on one of them.
    pub fn wrong(&self, name: &str, what: &str) -> String {
        let Call { line, name: call, .. } = self.call;
        match self.get(name) {
            Some(Expression::Name(word)) if !["True", "False"].contains(word) => {
                format!(
                    "line {line}: “{name}” of {} is “{}”, where {what} is expected; write its value",
                    brief(call),
                    brief(word)
                )
            }
            Some(_) => format!("line {line}: “{name}” of {} is wrong: {what} is expected", brief(call)),
            None => format!("line {line}: {} has no “{name}”", brief(call)),
        }
    }

    /// A number from 0.
    ///
    /// # Errors
    /// A clause that names line and argument.
    pub fn count(&self, name: &str) -> Result<usize, String> {
        match self.get(name) {
            Some(Expression::Whole(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
        .ok_or_else(|| self.wrong(name, "a whole number from 0"))
    }

    /// A number from 0, or its default.
    ///
    /// # Errors
    /// As [`Arguments::count`].
    pub fn count_or(&self, name: &str, default: usize) -> Result<usize, String> {
        if self.get(name).is_some() { self.count(name) } else { Ok(default) }
    }

    /// One number or two.
    ///
    /// # Errors
    /// As [`Arguments::count`].
    pub fn pair(&self, name: &str) -> Result<Pair, String> {
        let one = |value: &Expression| match value {
            Expression::Whole(number) => usize::try_from(*number).ok(),
            _ => None,
        };
        match self.get(name) {
            Some(Expression::List(list)) => match &list[..] {
                [rows, columns] => one(rows).zip(one(columns)).map(|(rows, columns)| Pair(rows, columns)),
                _ => None,
            },
            Some(value) => one(value).map(Pair::square),
            None => None,
        }
        .ok_or_else(|| self.wrong(name, "a whole number from 0, or two of them"))
    }

    /// One number or two, or the default.
    ///
    /// # Errors
    /// As [`Arguments::count`].
    pub fn pair_or(&self, name: &str, default: Pair) -> Result<Pair, String> {
        if self.get(name).is_some() { self.pair(name) } else { Ok(default) }
    }

    /// A truth value, or its default.
    ///
    /// # Errors
    /// As [`Arguments::count`].
    pub fn truth_or(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.get(name) {
            None => Ok(default),
            Some(Expression::Name("True")) => Ok(true),
            Some(Expression::Name("False")) => Ok(false),
            Some(_) => Err(self.wrong(name, "True or False")),
        }
    }

    /// A real number, or its default.
    ///
    /// # Errors
    /// As [`Arguments::count`].
    pub fn real_or(&self, name: &str, default: f32) -> Result<f32, String> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => real(value).ok_or_else(|| self.wrong(name, "a number")),
        }
    }

    /// A list of real numbers; one alone is a list of one.
    ///
    /// # Errors
    /// As [`Arguments::count`].
    pub fn reals(&self, name: &str) -> Result<Vec<f32>, String> {
        let list = match self.get(name) {
            Some(Expression::List(list)) => list.iter().map(real).collect(),
            Some(value) => real(value).map(|one| vec![one]),
            None => None,
        };
        list.ok_or_else(|| self.wrong(name, "a list of numbers"))
    }

    /// A word: a text, or as `print` shows it without its quotation marks.
    pub fn word(&self, name: &str) -> Option<&'a str> {
        match self.get(name) {
            Some(Expression::Text(word) | Expression::Name(word)) => Some(word),
            _ => None,
        }
    }

    /// Four sizes.
    ///
    /// # Errors
    /// As [`Arguments::count`].
    pub fn four(&self, name: &str) -> Result<[usize; 4], String> {
        let wrong = || self.wrong(name, "four whole numbers from 0");
        let Some(Expression::List(list)) = self.get(name) else { return Err(wrong()) };
        let one = |value: &Expression| match value {
            Expression::Whole(number) => usize::try_from(*number).ok(),
            _ => None,
        };
        let sizes: Option<Vec<usize>> = list.iter().map(one).collect();
        sizes.and_then(|sizes| sizes.try_into().ok()).ok_or_else(wrong)
    }

    /// Holds an argument to the only value of it that is computed.
    ///
    /// # Errors
    /// A clause that names line and argument.
    pub fn only(&self, name: &str, fits: bool, what: &str) -> Result<(), String> {
        if fits { Ok(()) } else { Err(self.wrong(name, &format!("only {what}"))) }
    }
}

fn real(value: &Expression) -> Option<f32> {
    match value {
        Expression::Whole(number) => Some(*number as f32),
        Expression::Real(number) => Some(*number as f32),
        _ => None,
    }
    .filter(|number| number.is_finite())
}
