//! Numbers of tensors in this program's own memory, for chains of small operations that are one pass over them.
//!
//! On the CPU an operation on a few numbers costs as much as hundreds of them: a step of an attack on one picture has some
//! eighty. Burn's operations say the same for every device, and are what these passes are tested against.

use crate::upload::floats;
use burn::backend::{BackendTypes, Flex};
use burn::tensor::Tensor;
use std::ops::Deref;

/// A tensor's numbers, row by row.
pub(crate) struct Numbers(<Flex as BackendTypes>::FloatTensorPrimitive);

impl Numbers {
    /// `None` of a tensor that is on a GPU, or tracked.
    pub fn of<const D: usize>(x: &Tensor<D>) -> Option<Numbers> {
        let x = x.clone().try_into_primitive::<Flex>().ok()?;
        let own = if x.is_contiguous() { x } else { x.to_contiguous() };
        own.as_slice::<f32>().is_some().then_some(Numbers(own))
    }
}

impl Deref for Numbers {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.0.as_slice().unwrap_or_default()
    }
}

/// What `write` makes of each row of two tensors, `width` numbers a row; `None` where their numbers are elsewhere.
///
/// # Shapes
/// `a` and `b`: `[rows, columns]`; the result: `[rows, width]`.
pub(crate) fn by_row(
    a: &Tensor<2>,
    b: &Tensor<2>,
    width: usize,
    mut write: impl FnMut(&[f32], &[f32], &mut [f32]),
) -> Option<Tensor<2>> {
    let [rows, columns] = a.dims();
    if columns == 0 || b.dims() != [rows, columns] {
        return None;
    }
    let (first, second) = (Numbers::of(a)?, Numbers::of(b)?);
    let mut made = vec![0.0; rows * width];
    for ((one, other), row) in first.chunks(columns).zip(second.chunks(columns)).zip(made.chunks_mut(width)) {
        write(one, other, row);
    }
    Some(floats(made, [rows, width], &a.device()))
}
