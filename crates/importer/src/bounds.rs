//! How much is taken of a file that somebody else wrote, and how much of it a sentence quotes.

/// Most numbers of one file: sixteen million weights, far above what trains in a tab.
pub const MOST_NUMBERS: usize = 1 << 24;
/// Most dimensions of a tensor.
pub const MOST_DIMENSIONS: usize = 8;
/// Most characters that a sentence quotes of a file.
const MOST_QUOTED: usize = 80;

/// How many numbers a tensor of this shape has.
///
/// # Errors
/// A clause, if they are more than [`MOST_NUMBERS`] or the dimensions more than [`MOST_DIMENSIONS`].
pub fn count(shape: &[usize]) -> Result<usize, String> {
    if shape.len() > MOST_DIMENSIONS {
        return Err(format!("it has {} dimensions, more than {MOST_DIMENSIONS}", shape.len()));
    }
    let all = shape.iter().try_fold(1usize, |all, &size| all.checked_mul(size));
    all.filter(|&all| all <= MOST_NUMBERS)
        .ok_or_else(|| format!("its shape {shape:?} is larger than {MOST_NUMBERS} numbers"))
}

/// What a sentence quotes of a text in a file: its beginning, if it is long, and no control characters.
pub fn brief(text: &str) -> String {
    let mut quoted: String =
        text.chars().take(MOST_QUOTED).map(|one| if one.is_control() { ' ' } else { one }).collect();
    if text.chars().nth(MOST_QUOTED).is_some() {
        quoted.push('…');
    }
    quoted
}

/// A budget of numbers, so that many small entries of a file cannot ask for much memory together.
#[derive(Debug)]
pub struct Budget {
    left: usize,
}

impl Budget {
    /// So many numbers.
    pub fn new(numbers: usize) -> Budget {
        Budget { left: numbers }
    }

    /// Takes from it.
    ///
    /// # Errors
    /// A clause, if there are not as many left.
    pub fn spend(&mut self, numbers: usize) -> Result<(), String> {
        let left = self.left.checked_sub(numbers);
        self.left = left.unwrap_or(0);
        left.map(|_| ()).ok_or_else(|| "all together has more numbers than a tab can hold".into())
    }

    /// Whether nothing is left.
    pub fn is_spent(&self) -> bool {
        self.left == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_counted_before_memory_is_taken() {
        assert_eq!(count(&[]), Ok(1));
        assert_eq!(count(&[3, 0, 2]), Ok(0));
        assert!(count(&[usize::MAX, 2]).unwrap_err().contains("is larger than"));
        assert!(count(&[1; 9]).unwrap_err().contains("9 dimensions"));
    }

    #[test]
    fn long_names_are_cut_and_stay_on_their_line() {
        assert_eq!(brief("a\nb"), "a b");
        assert_eq!(brief(&"ä".repeat(100)).chars().count(), MOST_QUOTED + 1);
    }
}
