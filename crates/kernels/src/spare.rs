//! Buffers that passes hand on to the next ones: memory that is new costs more than much of what is computed in it.

use std::sync::{Arc, Mutex, PoisonError};

/// Most buffers of a kind that are kept.
const MOST: usize = 8;

/// Buffers by kind. All of a kind have one layout, and whoever writes into one leaves its border alone, so that this stays
/// zeros; what lies inside it is whatever was there before.
#[derive(Clone, Debug)]
pub struct Spare(Arc<Mutex<Vec<Vec<Vec<f32>>>>>);

/// A buffer in use. It goes back by itself.
#[derive(Debug)]
pub struct Buffer {
    /// Its numbers; none where there is no buffer.
    pub values: Vec<f32>,
    kind: usize,
    home: Spare,
}

impl Spare {
    /// For so many kinds, without any buffer.
    pub fn new(kinds: usize) -> Spare {
        Spare(Arc::new(Mutex::new(vec![Vec::new(); kinds])))
    }

    /// A buffer of so many numbers.
    pub fn take(&self, kind: usize, length: usize) -> Buffer {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut values = kinds[kind].pop().unwrap_or_default();
        values.resize(length, 0.0);
        Buffer { values, kind, home: self.clone() }
    }

    /// No buffer.
    pub fn none(&self) -> Buffer {
        Buffer { values: Vec::new(), kind: 0, home: self.clone() }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.values.is_empty() {
            return;
        }
        let mut kinds = self.home.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kinds[self.kind].len() < MOST {
            kinds[self.kind].push(std::mem::take(&mut self.values));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Spare;

    #[test]
    fn a_buffer_comes_back_with_what_was_in_it_and_zeros_behind() {
        let spare = Spare::new(2);
        spare.take(1, 3).values.fill(7.0);
        assert_eq!(spare.take(0, 2).values, [0.0; 2], "another kind");
        assert_eq!(spare.take(1, 5).values, [7.0, 7.0, 7.0, 0.0, 0.0]);
        assert_eq!(spare.take(1, 2).values, [7.0; 2]);
        assert!(spare.none().values.is_empty());
    }

    #[test]
    fn no_more_are_kept_than_are_needed_again() {
        let spare = Spare::new(1);
        let used: Vec<_> = (0..20).map(|_| spare.take(0, 4)).collect();
        drop(used);
        assert_eq!(spare.0.lock().unwrap()[0].len(), super::MOST);
    }
}
