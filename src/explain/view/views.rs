//! The views among which the visitor chooses.

use crate::i18n::tr_mark;

/// One view of an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// How much each pixel counts.
    Attributions,
    /// The attack step by step.
    Steps,
    /// The answers around the input.
    Map,
    /// How far the input lies from test images.
    Unusual,
    /// What detectors say.
    Detectors,
    /// What is proven of the input.
    Certificate,
}

impl View {
    /// All, with their keys and names.
    pub const ALL: [(View, &'static str, &'static str); 6] = [
        (View::Attributions, "attributions", tr_mark("Attributions")),
        (View::Steps, "steps", tr_mark("Step by step")),
        (View::Map, "map", tr_mark("Decision map")),
        (View::Unusual, "unusual", tr_mark("Unusual inputs")),
        (View::Detectors, "detectors", tr_mark("Detectors")),
        (View::Certificate, "certificate", tr_mark("Certificate")),
    ];
}
