//! Requests from the bytes of a message: exactly one, or a fault that says why not. If a worker kept silent instead,
//! the page would wait for it.

use super::{Request, VERSION};
use crate::fault::{Fault, FaultKind};
use std::fmt::Display;

impl Request {
    /// Reads a request from the bytes of a message.
    ///
    /// # Errors
    /// [`unreadable`] for anything that is not exactly one request.
    pub fn read(bytes: &[u8]) -> Result<Request, Fault> {
        let (request, rest) = postcard::take_from_bytes(bytes).map_err(unreadable)?;
        if !rest.is_empty() {
            return Err(unreadable(format_args!("{} bytes too many", rest.len())));
        }
        Ok(request)
    }
}

/// The fault that answers a message that is no request. Its sender was most likely built from another protocol.
pub fn unreadable(why: impl Display) -> Fault {
    let sentence = format!(
        "The engine got a message it cannot read, as from a page of another version (the engine's protocol is {VERSION:08x}): {why}."
    );
    Fault::new(FaultKind::Version, sentence)
}
