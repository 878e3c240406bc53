//! Columns side by side, as [`Tensor::cat`] puts them, which takes a dispatch for each.

use super::kernel::{Kernel, MOST_GROUPS, WIDTH, bindings, buffer, empty, tensor};
use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;

/// Tensors that a dispatch joins: as many as it binds beside the one that it makes.
const PARTS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// All columns of these tensors, in order; `None` if one is not on a GPU, or there are too many rows.
///
/// # Shapes
/// Each `[rows, columns]`; the result: `[rows, all columns]`.
pub fn joined(parts: &[Tensor<2>]) -> Option<Tensor<2>> {
    if parts.iter().any(|part| part.dims()[0] > MOST_GROUPS || part.dims() == [0, 0]) {
        return None;
    }
    let mut parts: Vec<CubeTensor> = parts.iter().map(buffer).collect::<Option<_>>()?;
    while parts.len() > 1 {
        parts = parts.chunks(PARTS.len()).map(few).collect::<Option<_>>()?;
    }
    parts.pop().map(tensor)
}

fn few(parts: &[CubeTensor]) -> Option<CubeTensor> {
    let [first, rest @ ..] = parts else { return None };
    if rest.is_empty() {
        return Some(first.clone());
    }
    let rows = first.meta.shape()[0];
    let widths: Vec<usize> = parts.iter().map(|part| part.meta.shape()[1]).collect();
    let (all, mut from, mut writes) = (widths.iter().sum::<usize>(), 0, String::new());
    for (name, width) in PARTS.iter().zip(&widths) {
        writes.push_str(&format!(
            "for (var at = lane; at < {width}u; at += {WIDTH}u) {{
                made[row * {all}u + {from}u + at] = {name}[row * {width}u + at];
            }}\n"
        ));
        from += width;
    }
    let main = format!(
        "@compute @workgroup_size({WIDTH})
        fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {{
            let row = group.x;
            {writes}
        }}"
    );
    let made = empty(first, [rows, all]);
    let names = bindings(PARTS[..parts.len()].iter().copied().chain(["made"]));
    let buffers: Vec<&CubeTensor> = parts.iter().chain([&made]).collect();
    Kernel::new(&format!("{names}{main}"), &[]).launch(&buffers, [rows, 1])?;
    Some(made)
}
