//! The losses of each row of logits: what [`crate::loss`] says in burn's operations, one invocation a row.

use super::kernel::{Kernel, WIDTH, bindings, buffer, empty, tensor};
use burn::tensor::Tensor;

/// What a row of `logits` and one of `class_of` tell, and what is `made` of them.
pub const LOSSES: &str = include_str!("rows.wgsl");

/// As [`crate::loss::cross_entropy`].
pub fn cross_entropy(logits: &Tensor<2>, class: &Tensor<2>) -> Option<Tensor<2>> {
    by_row(logits, class, 1, "made[row] = cross_entropy(row);")
}

/// As [`crate::loss::margin`].
pub fn margin(logits: &Tensor<2>, class: &Tensor<2>) -> Option<Tensor<2>> {
    by_row(logits, class, 1, "made[row] = margin(row);")
}

/// Both at once.
pub fn margin_and_cross_entropy(logits: &Tensor<2>, class: &Tensor<2>) -> Option<(Tensor<2>, Tensor<2>)> {
    let rows = logits.dims()[0];
    let (logits, class, classes) = (buffer(logits)?, buffer(class)?, logits.dims()[1]);
    let (margins, losses) = (empty(&logits, [rows, 1]), empty(&logits, [rows, 1]));
    let kernel = kernel(classes, 1, &["second"], "made[row] = margin(row); second[row] = cross_entropy(row);");
    kernel.launch(&[&logits, &class, &margins, &losses], [rows.div_ceil(WIDTH), 1])?;
    Some((tensor(margins), tensor(losses)))
}

/// As [`crate::loss::cross_entropy_slope`].
pub fn cross_entropy_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Option<Tensor<2>> {
    by_row(logits, class, logits.dims()[1], "write_slope(row);")
}

/// As [`crate::loss::pairs::soft_slope`].
pub fn soft_slope(logits: &Tensor<2>, class: &Tensor<2>) -> Option<Tensor<2>> {
    by_row(logits, class, logits.dims()[1], "write_soft_slope(row);")
}

/// As [`crate::loss::log_odds`] with its slope.
pub fn log_odds(logits: &Tensor<2>, class: &Tensor<2>) -> Option<(Tensor<2>, Tensor<2>)> {
    with_slope(logits, class, "second[row] = log_odds(row);")
}

/// As [`crate::loss::ratio`] without a target, of three classes or more.
pub fn ratio(logits: &Tensor<2>, class: &Tensor<2>) -> Option<(Tensor<2>, Tensor<2>)> {
    if logits.dims()[1] < 3 {
        return None;
    }
    with_slope(logits, class, "second[row] = ratio(row);")
}

/// A value of each row, and its slope.
fn with_slope(logits: &Tensor<2>, class: &Tensor<2>, write: &str) -> Option<(Tensor<2>, Tensor<2>)> {
    let [rows, classes] = logits.dims();
    let (logits, class) = (buffer(logits)?, buffer(class)?);
    let (slopes, values) = (empty(&logits, [rows, classes]), empty(&logits, [rows, 1]));
    let kernel = kernel(classes, classes, &["second"], write);
    kernel.launch(&[&logits, &class, &slopes, &values], [rows.div_ceil(WIDTH), 1])?;
    Some((tensor(values), tensor(slopes)))
}

/// What `made` is written to of each row, `width` numbers a row.
fn by_row(logits: &Tensor<2>, class: &Tensor<2>, width: usize, write: &str) -> Option<Tensor<2>> {
    let [rows, classes] = logits.dims();
    let (logits, class) = (buffer(logits)?, buffer(class)?);
    let made = empty(&logits, [rows, width]);
    kernel(classes, width, &[], write).launch(&[&logits, &class, &made], [rows.div_ceil(WIDTH), 1])?;
    Some(tensor(made))
}

/// A kernel that does this for each row, `width` numbers of `made` a row; `more` are the names of buffers after that one.
fn kernel(classes: usize, width: usize, more: &[&str], write: &str) -> Kernel {
    let names = bindings(["logits", "class_of", "made"].iter().chain(more).copied());
    let main = format!(
        "@compute @workgroup_size({WIDTH}) fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
            let row = id.x;
            if (row < arrayLength(&made) / {width}u) {{ {write} }}
        }}"
    );
    Kernel::new(&format!("{names}{LOSSES}{main}"), &[("CLASSES", classes)])
}
