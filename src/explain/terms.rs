//! The terms of explanations.

use crate::controls::terms::Term;

/// Every term.
pub const TERMS: [Term; 7] = [
    Term {
        id: "Gradient",
        name: "gradient",
        sentence: "By how much the logit of the class rises for each unit that a pixel rises, here and now. It says what a small change would do, not what the network looks at.",
        formula: "∂z(x)/∂xᵢ",
        cite: "Simonyan et al. 2014",
        url: "https://arxiv.org/abs/1312.6034",
    },
    Term {
        id: "Integrated gradients",
        name: "integrated gradients",
        sentence: "Each pixel times its mean gradient on the way from a black picture: what it adds to the logit. All pixels together add up to the logit's gain over black.",
        formula: "xᵢ · ∫₀¹ ∂z(t·x)/∂xᵢ dt",
        cite: "Sundararajan et al. 2017",
        url: "https://arxiv.org/abs/1703.01365",
    },
    Term {
        id: "Occlusion",
        name: "occlusion",
        sentence: "How far the logit falls when the 5 × 5 square around the pixel is black. Black on black changes nothing.",
        formula: "z(x) − z(x with the square at i black)",
        cite: "Zeiler and Fergus 2014",
        url: "https://arxiv.org/abs/1311.2901",
    },
    Term {
        id: "plane",
        name: "decision map",
        sentence: "The answers in a plane through the input. To the right lies the attack, upward a random direction at a right angle to it; most random directions meet no other class for a long way.",
        formula: "f(clip(x + a·u + b·v))",
        cite: "Goodfellow et al. 2015",
        url: "https://arxiv.org/abs/1412.6572",
    },
    Term {
        id: "surface",
        name: "loss surface",
        sentence: "The loss at every place of the plane, as height. An untargeted attack climbs it, a targeted one descends; a smooth slope leads it, a flat or rugged one misleads it.",
        formula: "ℓ(clip(x + a·u + b·v), y)",
        cite: "Li et al. 2018",
        url: "https://arxiv.org/abs/1712.09913",
    },
    Term {
        id: "unusual",
        name: "unusual input",
        sentence: "An input is unusual if its fifth nearest test image is farther than 95 of 100 test images are from theirs, in what the model's last layer decides by, scaled to length 1. An attack need not be unusual: it may land among pictures of another class.",
        formula: "‖φ(x) − φ(x₍₅₎)‖₂,  φ = features / ‖features‖₂",
        cite: "Sun et al. 2022",
        url: "https://arxiv.org/abs/2204.06507",
    },
    Term {
        id: "drift",
        name: "drift",
        sentence: "Inputs drift when their distances are distributed otherwise than the test images' own. The test of Kolmogorov and Smirnov takes the largest difference of the two distributions, and tells how probable it is by chance.",
        formula: "D = max | F(t) − G(t) |",
        cite: "Rabanser et al. 2019",
        url: "https://arxiv.org/abs/1810.11953",
    },
];

/// The term of a key.
pub fn term(id: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::name;
    use foolproof_core::protocol::Method;

    #[test]
    fn every_method_has_its_term() {
        assert!(Method::ALL.into_iter().all(|method| term(name(method)).is_some()));
        assert!(["plane", "surface", "unusual", "drift"].iter().all(|id| term(id).is_some()));
        assert!(term("unheard of").is_none());
    }
}
