//! The input of a graph, as one of the dataset's.

use super::message::Port;
use super::value::{Order, View};
use crate::Expectation;

/// The input as the graph sees it.
///
/// # Errors
/// A clause that names both shapes, if they do not fit.
pub fn view(port: &Port, expected: &Expectation, notices: &mut Vec<String>) -> Result<View, String> {
    let [channels, rows, columns] = expected.input;
    let whole = View::plain(0, vec![channels, rows, columns]);
    let Some((_, sizes)) = port.dims.split_first() else { return Ok(whole) };
    let fits = |shape: &[usize]| {
        sizes.len() == shape.len() && sizes.iter().zip(shape).all(|(size, side)| size.is_none_or(|size| size == *side))
    };
    let all = channels.saturating_mul(rows).saturating_mul(columns);
    if fits(&whole.shape) {
        return Ok(whole);
    }
    if fits(&[rows, columns, channels]) {
        let order = Order::channels_last(channels, rows.saturating_mul(columns));
        return Ok(View { order, shape: vec![rows, columns, channels], ..whole });
    }
    if fits(&[all]) {
        if channels > 1 {
            notices.push("Its inputs are flat, and are taken to be channel after channel.".into());
        }
        return Ok(View { shape: vec![all], ..whole });
    }
    if channels == 1 && fits(&[rows, columns]) {
        return Ok(View { shape: vec![rows, columns], ..whole });
    }
    let told = |size: &Option<usize>| size.map_or("?".to_owned(), |size| size.to_string());
    let sizes = sizes.iter().map(told).collect::<Vec<_>>().join(", ");
    Err(format!("its input takes [{sizes}], and inputs of {:?} are expected", expected.input))
}
