//! Gzip, a piece at a time, so that unpacking ten thousand pictures never holds up a pen stroke.

use crate::protocol::{Fault, FaultKind};
use flate2::read::GzDecoder;
use gloo_timers::future::TimeoutFuture;
use std::io::Read;

/// Bytes unpacked in one go: a few milliseconds.
const PIECE: u64 = 1 << 18;

/// The content of a gzip file, which must be exactly `size` bytes long.
///
/// # Errors
/// A [`Fault`] that names the file and says what is wrong.
pub async fn gunzip(path: &str, packed: &[u8], size: usize) -> Result<Vec<u8>, Fault> {
    let bad = |why: String| Fault::new(FaultKind::File, format!("{path} cannot be unpacked: {why}."));
    let mut decoder = GzDecoder::new(packed);
    let mut bytes = Vec::new();
    loop {
        let read = (&mut decoder).take(PIECE).read_to_end(&mut bytes).map_err(|error| bad(error.to_string()))?;
        if bytes.len() > size || read == 0 {
            break;
        }
        TimeoutFuture::new(0).await;
    }
    if bytes.len() == size { Ok(bytes) } else { Err(bad(format!("it does not hold the {size} bytes it should"))) }
}
