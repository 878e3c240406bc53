//! The field's terms: one sentence, one formula, one paper each.

/// A term that can be opened where it first appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Key.
    pub id: &'static str,
    /// As the field writes it.
    pub name: &'static str,
    /// What it means.
    pub sentence: &'static str,
    /// The same as a formula.
    pub formula: &'static str,
    /// Authors and year.
    pub cite: &'static str,
    /// Where to read it.
    pub url: &'static str,
}

/// Every term.
pub const TERMS: [Term; 10] = [
    Term {
        id: "eps",
        name: "epsilon",
        sentence: "The budget of the attack: how far it may move the input, measured in the chosen norm.",
        formula: "‖x′ − x‖ ≤ ε",
        cite: "Goodfellow et al. 2015",
        url: "https://arxiv.org/abs/1412.6572",
    },
    Term {
        id: "norm",
        name: "norm",
        sentence: "The ruler for changes: L∞ is the largest change of any pixel, L2 the Euclidean length, L1 the sum of all changes.",
        formula: "‖δ‖∞ = max |δᵢ|,  ‖δ‖₂ = √Σ δᵢ²,  ‖δ‖₁ = Σ |δᵢ|",
        cite: "Carlini and Wagner 2017",
        url: "https://arxiv.org/abs/1608.04644",
    },
    Term {
        id: "noise",
        name: "perturbation",
        sentence: "What the attack adds to the input, pixel by pixel: blue where it darkens, vermilion where it brightens.",
        formula: "δ = x′ − x",
        cite: "Szegedy et al. 2014",
        url: "https://arxiv.org/abs/1312.6199",
    },
    Term {
        id: "step",
        name: "step size",
        sentence: "How far the attack moves in one step, before it is pulled back into the norm ball.",
        formula: "x ← P(x + α · s),  s steepest in the norm",
        cite: "Madry et al. 2018",
        url: "https://arxiv.org/abs/1706.06083",
    },
    Term {
        id: "restarts",
        name: "restart",
        sentence: "The attack begins anew at another random point of the norm ball, and the best of all tries counts.",
        formula: "x₀ = x + u,  u uniform in the ball",
        cite: "Madry et al. 2018",
        url: "https://arxiv.org/abs/1706.06083",
    },
    Term {
        id: "target",
        name: "target",
        sentence: "The class the attack wants to hear, yours or one that the clean answer decides; without one, any wrong class will do.",
        formula: "min loss(x′, t)  instead of  max loss(x′, y)",
        cite: "Carlini and Wagner 2017",
        url: "https://arxiv.org/abs/1608.04644",
    },
    Term {
        id: "loss",
        name: "loss",
        sentence: "How wrong the model finds itself, in nats; the attack climbs it, or descends toward its target.",
        formula: "−log softmax(z)ᵧ,  z the logits",
        cite: "Goodfellow et al. 2015",
        url: "https://arxiv.org/abs/1412.6572",
    },
    Term {
        id: "margin",
        name: "smallest radius",
        sentence: "The smallest epsilon at which this very attack fools the model on this very input; a stronger attack may need less.",
        formula: "min { ε : f(x′) ≠ y for some ‖x′ − x‖ ≤ ε }",
        cite: "Moosavi-Dezfooli et al. 2016",
        url: "https://arxiv.org/abs/1511.04599",
    },
    Term {
        id: "bpda",
        name: "BPDA",
        sentence: "Backward through the defence as if it were not there, which gives a gradient where rounding leaves none.",
        formula: "∇ₓ f(g(x)) ≈ ∇f at g(x)",
        cite: "Athalye et al. 2018",
        url: "https://arxiv.org/abs/1802.00420",
    },
    Term {
        id: "eot",
        name: "EOT",
        sentence: "Mean over draws: of a defence that draws at random, the attack follows the gradient of the mean of so many draws.",
        formula: "∇ₓ E[f(t(x))] ≈ Σ ∇ₓ f(tᵢ(x)) / n",
        cite: "Athalye et al. 2018",
        url: "https://arxiv.org/abs/1707.07397",
    },
];

/// The term with this key.
pub fn find(id: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_term_is_one_sentence_with_a_formula_and_a_paper() {
        for term in TERMS {
            assert!(term.sentence.ends_with('.') && term.sentence.matches(". ").count() == 0, "{}", term.id);
            assert!(
                !term.formula.is_empty() && term.url.starts_with("https://") && term.cite.contains("20"),
                "{}",
                term.id
            );
            assert_eq!(TERMS.iter().filter(|other| other.id == term.id).count(), 1);
            assert_eq!(find(term.id), Some(&term));
        }
        assert_eq!(find("nothing"), None);
    }
}
