//! The host API: what the page that embeds this one may ask by message, and what it is told.
//!
//! [`message`] and [`answer`] are the shapes, pure; `window` listens and speaks. What the lab tells is passed on as it is:
//! `progress` and `result` of its jobs, and `answer` when a lesson's question was answered, `{ lesson, step, choice, right,
//! tries, answered, questions }`.

pub mod answer;
pub mod message;
#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod window;
