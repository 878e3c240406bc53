//! Numbers with a name and a shape, whatever file they came from.

/// A tensor of a file, its numbers in 32 bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its name in the file.
    pub name: String,
    /// Its sizes, outermost first; none for a single number.
    pub shape: Vec<usize>,
    /// Its numbers, the last index fastest.
    pub values: Vec<f32>,
}
