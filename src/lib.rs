//! Foolproof: fool a neural network in your browser, then make it foolproof.
//!
//! The map, from the inside out. Data moves one way: a pen stroke becomes a picture, the picture part of the page's
//! state, the state a [`protocol::Request`]; the worker's session answers with [`protocol::Event`]s, which alone
//! change the results that the page shows.
//!
//! | room | what is in it | what must not be |
//! | --- | --- | --- |
//! | [`fault`], [`architecture`], [`catalog`], [`manifest`], [`protocol`] | plain data that both sides share | computing |
//! | [`picture`], [`idx`] | strokes to pixels, centring; data files | web |
//! | [`plane`] | points in the plane as pictures of two pixels | web, engine |
//! | [`report`] | the figures of an evaluation, from its parts | web |
//! | [`training`], [`weights`] | the rounds of a training run and what follows from them; files of weights | web, engine |
//! | `engine` | models, attacks, training, on burn | web, files, clock, global randomness |
//! | `session` | requests to engine runs to events | web |
//! | `worker` | the loop around a session in a web worker | everything else |
//! | `ui` | the page | the engine |

pub mod architecture;
pub mod catalog;
#[cfg(feature = "engine")]
pub mod engine;
pub mod fault;
pub mod idx;
pub mod manifest;
pub mod picture;
pub mod plane;
pub mod protocol;
pub mod report;
#[cfg(feature = "engine")]
pub mod session;
pub mod training;
pub mod ui;
pub mod weights;
#[cfg(all(feature = "web", target_arch = "wasm32"))]
pub mod worker;
