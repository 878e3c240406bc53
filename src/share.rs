//! Sharing, by the visitor's own hand: a session as a file, code that embeds the page, and words and numbers
//! about one attack; a link as a QR code. The link itself is made by [`link`](crate::link).

pub mod card;
pub mod embed;
pub mod numbers;
pub mod qr;
pub mod session;

#[cfg(target_arch = "wasm32")]
pub(crate) mod view;
