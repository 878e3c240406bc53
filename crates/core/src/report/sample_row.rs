//! One input of a report.

use super::Found;
use crate::protocol::SampleOutcome;
use serde::{Deserialize, Serialize};

/// One input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleRow {
    /// Number in the test split.
    pub index: usize,
    /// True class.
    pub truth: u32,
    /// Clean answer.
    pub clean: u32,
    /// Answer in its worst case.
    pub attacked: u32,
    /// Places of the attacks that broke it.
    pub broken: Vec<usize>,
    /// How the auditor broke it, where none of them did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// Places of the attacks that were not carried out on it though it is read right, each with why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untried: Vec<(usize, SampleOutcome)>,
    /// Places of the attacks that have not been done on it; none once the evaluation is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<usize>,
    /// Its smallest radius, if it was searched for: 0 for one that is wrong already, inner `None` beyond the search.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "searched")]
    pub radius: Option<Option<f32>>,
    /// The radius within which no attack can succeed, if that was proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified: Option<f32>,
    /// The distance to the nearest input with another answer, if that was searched for: 0 for one that is wrong
    /// already, inner `None` where none was found.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "searched")]
    pub margin: Option<Option<f32>>,
    /// By detector: its score of the clean input, then of what each attack made of it; empty where none looks on, and until
    /// every attack is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Vec<f32>>,
}

/// A radius that is written was searched for, though nothing may have been found.
fn searched<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<f32>>, D::Error> {
    Option::deserialize(from).map(Some)
}
