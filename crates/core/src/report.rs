//! The figures of an evaluation, computed from its parts as they come: at any time they are a whole report, of fewer
//! inputs at first.
//!
//! Definitions are those of the field's evaluations (Carlini et al. 2019, "On evaluating adversarial robustness",
//! <https://arxiv.org/abs/1902.06705>): an input counts as robust when the model is right on it and no attack within
//! the radius makes it wrong; one that is wrong already is never an attack's success.

mod accuracy;
mod accuracy_by_budget;
mod audit;
mod classes;
mod detection;
mod doubt;
mod export;
mod figures;
#[cfg(test)]
mod fixture;
mod fooling;
mod found;
mod ledger;
mod means;
pub mod npy;
mod own_checks;
mod sample_row;
mod smoothed;
mod spread;
mod timeline;
mod transfer;

pub use accuracy::Accuracy;
pub use audit::{Check, Role, Verdict, audit, boundless, plan, slack};
pub use classes::Classes;
pub use detection::{Area, DetectorReport, Flagged, Scores};
pub use doubt::{Nearer, Twice, Weak, nearer, twice, weak};
pub use export::{csv, methods, quoted, rows, setting, table};
pub use figures::{AttackFigures, ModelReport};
pub use fooling::Fooling;
pub use found::{Found, count_found};
pub use ledger::{Ledger, Trial};
pub use own_checks::own_checks;
pub use sample_row::SampleRow;
pub use smoothed::{ALPHA, Certificate, Smoothed, lower_bound, radius};
pub use spread::{SHARES, Spread};
