//! Arithmetic with numbers in a source: `64 * 7 * 7`.

use super::expression::Expression;
use crate::bounds::brief;

/// A whole number of two others.
///
/// # Errors
/// A clause that names the line, if one of them is none, or the result is.
pub fn whole<'a>(
    line: usize,
    a: &Expression,
    b: &Expression,
    both: impl Fn(i64, i64) -> Option<i64>,
) -> Result<Expression<'a>, String> {
    match (a, b) {
        (&Expression::Whole(a), &Expression::Whole(b)) => both(a, b)
            .map(Expression::Whole)
            .ok_or_else(|| format!("line {line}: a number is too large, or divided by 0")),
        (Expression::Name(name), _) | (_, Expression::Name(name)) => {
            Err(format!("line {line}: “{}” is no number; write its value", brief(name)))
        }
        _ => Err(format!("line {line}: it computes with what is no whole number")),
    }
}

/// A quotient, rounded down or not.
///
/// # Errors
/// As [`whole`].
pub fn quotient<'a>(line: usize, a: &Expression, b: &Expression, rounded: bool) -> Result<Expression<'a>, String> {
    match (a, b) {
        (&Expression::Whole(a), &Expression::Whole(b)) if !rounded && b != 0 => {
            Ok(Expression::Real(a as f64 / b as f64))
        }
        (&Expression::Real(a), &Expression::Whole(b)) if !rounded && b != 0 => Ok(Expression::Real(a / b as f64)),
        _ => whole(line, a, b, i64::checked_div_euclid),
    }
}
