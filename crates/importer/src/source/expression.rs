//! Python's expressions, as far as a list of layers is made of them: calls, lists, texts and arithmetic with numbers.

use super::arithmetic::{quotient, whole};
use super::text::{Kind, Token};
use crate::bounds::brief;

/// Deepest nesting.
const DEEPEST: usize = 32;
/// Most modules that one line of a printed model stands for.
const MOST_REPEATED: usize = 64;
/// Most words and signs that repeated modules stand for.
const MOST_COPIED: usize = 1 << 18;
/// What may be done to a model without changing its layers.
const HARMLESS: [&str; 9] =
    ["eval", "train", "to", "cpu", "cuda", "float", "load_state_dict", "requires_grad_", "summary"];

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression<'a> {
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(&'a str),
    /// A name, such as `True`.
    Name(&'a str),
    /// A tuple or list.
    List(Vec<Expression<'a>>),
    /// A call.
    Call(Call<'a>),
}

/// A call with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Call<'a> {
    /// The line of its name.
    pub line: usize,
    /// The name, without the modules before it.
    pub name: &'a str,
    /// The arguments, with their names where they have one. The children of a printed module are among them.
    pub arguments: Vec<(Option<&'a str>, Expression<'a>)>,
}

/// Reads the expression that a text is, perhaps given to a name.
///
/// # Errors
/// A clause that names the line and what was not understood there.
pub fn read<'a>(tokens: &[Token<'a>]) -> Result<Expression<'a>, String> {
    let mut parser = Parser { tokens, at: 0, copied: 0 };
    if let [Token { kind: Kind::Name(_), .. }, Token { kind: Kind::Sign('='), .. }, ..] = tokens {
        parser.at = 2;
    }
    let found = parser.sum(0)?;
    while parser.peek().is_some() {
        parser.harmless()?;
    }
    Ok(found)
}

struct Parser<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    copied: usize,
}

impl<'a> Parser<'_, 'a> {
    fn peek(&self) -> Option<Kind<'a>> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |token| token.line)
    }

    fn takes(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(Kind::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn fail<T>(&self, why: &str) -> Result<T, String> {
        Err(format!("line {}: {why}", self.line()))
    }

    fn wants(&mut self, sign: char) -> Result<(), String> {
        if self.takes(sign) {
            return Ok(());
        }
        match self.peek() {
            Some(kind) => self.fail(&format!("“{sign}” is expected where {} stands", told(kind))),
            None => self.fail(&format!("the text ends where “{sign}” is expected")),
        }
    }

    /// `model.eval()` and the like behind the model.
    fn harmless(&mut self) -> Result<(), String> {
        self.takes('.');
        let name = match self.peek() {
            Some(Kind::Name(name)) => name,
            Some(kind) => return self.fail(&format!("{} behind the model is not understood", told(kind))),
            None => return self.fail("the text ends behind a point"),
        };
        if !HARMLESS.contains(&name.rsplit('.').next().unwrap_or(name)) {
            return self.fail(&format!("“{}” behind the model is not understood", brief(name)));
        }
        self.at += 1;
        self.wants('(')?;
        let mut open = 1usize;
        while open > 0 {
            match self.peek() {
                Some(Kind::Sign('(')) => open += 1,
                Some(Kind::Sign(')')) => open -= 1,
                Some(_) => {}
                None => return self.fail("the text ends within a call"),
            }
            self.at += 1;
        }
        Ok(())
    }

    fn sum(&mut self, depth: usize) -> Result<Expression<'a>, String> {
        let mut all = self.product(depth)?;
        loop {
            let line = self.line();
            let sign = if self.takes('+') {
                1
            } else if self.takes('-') {
                -1
            } else {
                return Ok(all);
            };
            let next = self.product(depth)?;
            all = whole(line, &all, &next, |a, b| b.checked_mul(sign).and_then(|b| a.checked_add(b)))?;
        }
    }

    fn product(&mut self, depth: usize) -> Result<Expression<'a>, String> {
        let mut all = self.atom(depth)?;
        loop {
            let line = self.line();
            if self.takes('*') {
                let next = self.atom(depth)?;
                all = whole(line, &all, &next, i64::checked_mul)?;
            } else if self.takes('/') {
                let rounded = self.takes('/');
                let next = self.atom(depth)?;
                all = quotient(line, &all, &next, rounded)?;
            } else {
                return Ok(all);
            }
        }
    }

    fn atom(&mut self, depth: usize) -> Result<Expression<'a>, String> {
        if depth > DEEPEST {
            return self.fail(&format!("it is nested deeper than {DEEPEST} levels"));
        }
        let Some(kind) = self.peek() else { return self.fail("the text ends where a layer or number is expected") };
        let line = self.line();
        self.at += 1;
        match kind {
            Kind::Whole(number) => {
                i64::try_from(number).map(Expression::Whole).or_else(|_| self.fail("a number is too large"))
            }
            Kind::Real(number) => Ok(Expression::Real(number)),
            Kind::Text(text) => Ok(Expression::Text(text)),
            Kind::Name(name) if self.takes('(') => {
                let name = name.rsplit('.').next().unwrap_or(name);
                Ok(Expression::Call(Call { line, name, arguments: self.arguments(depth + 1)? }))
            }
            Kind::Name(name) => Ok(Expression::Name(name)),
            Kind::Sign('-') => match self.atom(depth + 1)? {
                Expression::Whole(number) => Ok(Expression::Whole(number.saturating_neg())),
                Expression::Real(number) => Ok(Expression::Real(-number)),
                _ => self.fail("“-” stands before what is no number"),
            },
            Kind::Sign(open @ ('(' | '[')) => self.list(depth + 1, if open == '(' { ')' } else { ']' }),
            Kind::Sign('*') => {
                self.at -= 1;
                self.fail("“*” before a list is not read; write its layers out")
            }
            other => {
                self.at -= 1;
                self.fail(&format!("{} is not understood where a layer or number is expected", told(other)))
            }
        }
    }

    /// What stands in brackets: one expression alone, or a list.
    fn list(&mut self, depth: usize, close: char) -> Result<Expression<'a>, String> {
        let mut items = Vec::new();
        let mut comma = false;
        while !self.takes(close) {
            items.push(self.sum(depth)?);
            comma |= self.takes(',');
            if !comma && items.len() == 1 && close == ')' {
                self.wants(close)?;
                return items.pop().ok_or_else(|| "a bracket is empty".into());
            }
            let done = self.peek() == Some(Kind::Sign(close));
            if !done && !matches!(self.tokens.get(self.at.wrapping_sub(1)), Some(Token { kind: Kind::Sign(','), .. })) {
                self.wants(',')?;
            }
        }
        Ok(Expression::List(items))
    }

    fn arguments(&mut self, depth: usize) -> Result<Vec<(Option<&'a str>, Expression<'a>)>, String> {
        let mut found = Vec::new();
        while !self.takes(')') {
            if let Some(times) = self.child()? {
                let (from, before) = (self.at, self.copied);
                let module = self.sum(depth)?;
                // Counted before it is copied: repeated modules may hold repeated ones.
                let size = (self.at - from).saturating_add(self.copied - before);
                self.copied = self.copied.saturating_add(size.saturating_mul(times.saturating_sub(1)));
                if self.copied > MOST_COPIED {
                    return self.fail("its repeated modules are too many");
                }
                found.extend(std::iter::repeat_n((None, module), times));
                self.takes(',');
                continue;
            }
            let name = match (self.peek(), self.tokens.get(self.at + 1).map(|token| token.kind)) {
                (Some(Kind::Name(name)), Some(Kind::Sign('='))) => {
                    self.at += 2;
                    Some(name)
                }
                _ => None,
            };
            found.push((name, self.sum(depth)?));
            // Printed modules have their children behind their arguments without a comma.
            if !self.takes(',') && self.peek() != Some(Kind::Sign(')')) && self.times().is_none() {
                self.wants(',')?;
            }
        }
        Ok(found)
    }

    /// How often the module behind `(0):`, `(conv1):` or `(0-2): 3 x` is there; `None` if none of them comes.
    fn child(&mut self) -> Result<Option<usize>, String> {
        let Some(length) = self.times() else { return Ok(None) };
        self.at += length;
        match (self.peek(), self.tokens.get(self.at + 1).map(|token| token.kind)) {
            (Some(Kind::Whole(times)), Some(Kind::Name("x"))) => {
                if times > MOST_REPEATED {
                    return self.fail(&format!("{times} modules of one kind are too many"));
                }
                self.at += 2;
                Ok(Some(times))
            }
            _ => Ok(Some(1)),
        }
    }

    /// How many tokens the name of a printed child has.
    fn times(&self) -> Option<usize> {
        let kinds: Vec<Kind> = self.tokens.iter().skip(self.at).take(6).map(|token| token.kind).collect();
        match kinds[..] {
            [Kind::Sign('('), Kind::Whole(_) | Kind::Name(_), Kind::Sign(')'), Kind::Sign(':'), ..] => Some(4),
            [Kind::Sign('('), Kind::Whole(_), Kind::Sign('-'), Kind::Whole(_), Kind::Sign(')'), Kind::Sign(':')] => {
                Some(6)
            }
            _ => None,
        }
    }
}

fn told(kind: Kind) -> String {
    match kind {
        Kind::Name(word) | Kind::Text(word) => format!("“{}”", brief(word)),
        Kind::Whole(number) => format!("“{number}”"),
        Kind::Real(number) => format!("“{number}”"),
        Kind::Sign(sign) => format!("“{sign}”"),
    }
}
