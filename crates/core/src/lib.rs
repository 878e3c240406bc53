//! What page and engine share: plain data and pure computing. It knows neither the web nor tensors.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`architecture`], [`defence`], [`catalog`] | a model's layers, what stands before them, what the engine offers |
//! | [`fault`], [`manifest`] | errors, the shipped files |
//! | [`protocol`], [`importing`] | the messages between page and workers, and between page and importer |
//! | [`bounds`] | how large a JSON text of a visitor's may be |
//! | [`input_kind`], [`values`] | what inputs are; their values as bytes or numbers |
//! | [`idx`], [`weights`] | data files and files of weights |
//! | [`picture`], [`plane`] | strokes and photographs as pixels; points in the plane |
//! | [`report`] | the figures of an evaluation, from its parts |
//! | [`training`] | the rounds of a training run, as a state machine |

pub mod architecture;
pub mod bounds;
pub mod catalog;
pub mod defence;
pub mod fault;
pub mod idx;
pub mod importing;
pub mod input_kind;
pub mod manifest;
pub mod panicked;
pub mod picture;
pub mod plane;
pub mod protocol;
pub mod report;
pub mod target;
pub mod training;
pub mod values;
pub mod weights;
