//! Items that were left out: the first ones by name, the others by their number.

use crate::bounds::brief;

/// Most that are named.
const MOST_NAMED: usize = 100;

/// What was left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skipped {
    /// Names, and clauses that say why.
    pub named: Vec<(String, String)>,
    /// How many more there are.
    pub more: usize,
}

impl Skipped {
    /// Leaves an item out.
    pub fn add(&mut self, name: &str, why: impl Into<String>) {
        if self.named.len() < MOST_NAMED {
            self.named.push((brief(name), brief(&why.into())));
        } else {
            self.more += 1;
        }
    }

    /// How many were left out.
    pub fn count(&self) -> usize {
        self.named.len() + self.more
    }
}
