//! The host API: what the page that embeds this one may ask by message, and what it is told.

pub mod answer;
pub mod message;
