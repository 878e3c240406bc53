//! Terms of the Measure page: one sentence, one formula, one paper each. They are not in the page's own list, which a
//! first visit waits for.

use crate::controls::terms::Term;

const fn term(
    id: &'static str,
    name: &'static str,
    sentence: &'static str,
    formula: &'static str,
    cite: &'static str,
    url: &'static str,
) -> Term {
    Term { id, name, sentence, formula, cite, url }
}

const CARLINI: (&str, &str) = ("Carlini et al. 2019", "https://arxiv.org/abs/1902.06705");

/// Every term.
pub const TERMS: [Term; 20] = [
    term(
        "accuracy",
        "accuracy under attack",
        "The share of inputs that the model answers right before and after the attack, with the interval in which the true share lies 95 times of 100.",
        "#{ i : f(xᵢ) = yᵢ = f(xᵢ′) } / n,  Wilson's interval",
        CARLINI.0,
        CARLINI.1,
    ),
    term(
        "worst",
        "worst case",
        "An input counts as robust only if no attack of the set breaks it, and none of the auditor's within the same radius, so this is the smallest share of all.",
        "#{ i : f(xᵢ) = yᵢ = f(a(xᵢ)) for every attack a } / n",
        CARLINI.0,
        CARLINI.1,
    ),
    term(
        "weak",
        "weak set",
        "The auditor's attacks within the same radius break inputs that every chosen attack left standing; they count in the worst case, the radii and the answers, and beyond the first inputs, which are all that the auditor looks at, more may fall.",
        "#{ i : a(xᵢ) is answered yᵢ for every chosen attack a, and b(xᵢ) is not for one of the auditor's b }",
        CARLINI.0,
        CARLINI.1,
    ),
    term(
        "converged",
        "convergence",
        "An attack had enough steps if twice as many break no more than one input of a hundred beyond its own, or one of all where there are fewer; otherwise its accuracy says too much.",
        "#{ i : broken by 2·steps } − #{ i : broken by steps } ≤ max(n / 100, 1)",
        CARLINI.0,
        CARLINI.1,
    ),
    term(
        "rising",
        "accuracy that rises with epsilon",
        "What fools within a small radius is allowed within a larger one too, so an accuracy that rises with epsilon shows an attack that loses its way, and the worst over the smaller radii is what counts.",
        "acc(ε′) < acc(ε) for an ε′ < ε",
        CARLINI.0,
        CARLINI.1,
    ),
    term(
        "fooling",
        "fooling rate",
        "The share of inputs whose answer one and the same perturbation changes: of those that it was crafted on, and of others that it has never seen, which is what makes it universal.",
        "#{ i : f(xᵢ + v) ≠ f(xᵢ) } / n",
        "Moosavi-Dezfooli et al. 2017",
        "https://arxiv.org/abs/1610.08401",
    ),
    term(
        "score",
        "robustness score",
        "One number for both: the worst case weighed against the clean accuracy.",
        "w · worst + (1 − w) · clean",
        "Tsipras et al. 2019",
        "https://arxiv.org/abs/1805.12152",
    ),
    term(
        "entropy",
        "entropy",
        "How undecided the answers are on average: 0 bits when the model is certain, log2 of the number of classes when it knows nothing.",
        "H(p) = −Σ pₖ log₂ pₖ",
        "Shannon 1948, on attacked inputs Smith and Gal 2018",
        "https://arxiv.org/abs/1803.08533",
    ),
    term(
        "defensive",
        "defensive margin",
        "How far the attack moves the model's probabilities on average: 0 when nothing changes, 1 when all of it goes to other classes.",
        "½ Σ |pₖ(x′) − pₖ(x)|",
        "Zhang et al. 2019",
        "https://arxiv.org/abs/1901.08573",
    ),
    term(
        "margin",
        "margin",
        "The distance to the nearest input with another answer that a minimum-norm attack finds.",
        "min { ‖x′ − x‖ : f(x′) ≠ y }",
        "Moosavi-Dezfooli et al. 2016",
        "https://arxiv.org/abs/1511.04599",
    ),
    term(
        "radius",
        "smallest radius",
        "The smallest epsilon at which PGD breaks the input, found by halving: no model is more robust than this says, and a stronger attack may need less.",
        "min { ε : f(x′) ≠ y for the x′ that PGD finds within ε }",
        CARLINI.0,
        CARLINI.1,
    ),
    term(
        "certified",
        "certified radius",
        "The largest epsilon for which interval bounds prove that no input within it is answered otherwise: the true radius lies between this and the smallest one that an attack found.",
        "max { ε : z_y(x′) > z_k(x′) for every k ≠ y and every x′ within ε }, by bounds",
        "Gowal et al. 2018",
        "https://arxiv.org/abs/1810.12715",
    ),
    term(
        "smoothing",
        "randomized smoothing",
        "A model that answers what most noisy copies of the input say cannot change its mind within a radius that follows from how many of them agree, whatever the network is; but it is another model than the network itself, and may be wrong where that is right.",
        "g(x) = argmax_c P(f(x + N(0, σ²)) = c),  radius σ·Φ⁻¹(p),  p ≤ P(g(x))",
        "Cohen et al. 2019",
        "https://arxiv.org/abs/1902.02918",
    ),
    term(
        "detector",
        "detector",
        "Scores how unusual an input is and flags it above a threshold that was set on clean inputs alone, so how many clean inputs it flags for nothing always stands beside what it catches.",
        "flagged(x) ⇔ s(x) > t,  #{ clean x : s(x) > t } ≤ α·n",
        "Carlini and Wagner 2017",
        "https://arxiv.org/abs/1705.07263",
    ),
    term(
        "area",
        "area under the ROC curve",
        "How likely an input that an attack changed has a higher score than a clean one: 1 tells them apart at every threshold, a half is a guess, and below it the attack looks more usual than a clean input.",
        "P(s(x′) > s(x)) + ½·P(s(x′) = s(x))",
        "DeLong et al. 1988",
        "https://doi.org/10.2307/2531595",
    ),
    term(
        "confusion",
        "confusion matrix",
        "How often each class is answered for each true class; what lies off the diagonal is wrong.",
        "Cᵢⱼ = #{ inputs of class i answered j }",
        "Kohavi and Provost 1998, here after Carlini et al. 2019",
        CARLINI.1,
    ),
    term(
        "f1",
        "precision, recall, F1",
        "Precision is the share of an answer that is right, recall the share of a class that is found, F1 the harmonic mean of both.",
        "F1 = 2·TP / (2·TP + FP + FN)",
        "Sokolova and Lapalme 2009",
        "https://doi.org/10.1016/j.ipm.2009.03.002",
    ),
    term(
        "transfer",
        "transfer",
        "How many of the examples that fool one model fool another too, of the inputs that the other reads right when clean.",
        "#{ i ∈ S : g(xᵢ′) ≠ yᵢ } / #S,  S = { i : g(xᵢ) = yᵢ, f(xᵢ′) ≠ yᵢ },  x′ made on f",
        "Papernot et al. 2016",
        "https://arxiv.org/abs/1605.07277",
    ),
    term(
        "queries",
        "queries",
        "A query puts one input to the model, for its answer or its gradient; the fewer an attack needs, the more it is to be feared.",
        "#{ i : f(xᵢ) = yᵢ, not broken by q queries } / n",
        "Andriushchenko et al. 2020",
        "https://arxiv.org/abs/1912.00049",
    ),
    term(
        "masking",
        "gradient masking",
        "A model that only hides its gradients looks robust to attacks that need them; it betrays itself where a weaker attack does better than a stronger one.",
        "acc(one step) < acc(many steps)",
        "Athalye et al. 2018",
        "https://arxiv.org/abs/1802.00420",
    ),
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
        for term in &TERMS {
            assert!(term.sentence.ends_with('.') && term.sentence.matches(". ").count() == 0, "{}", term.id);
            assert!(!term.formula.is_empty() && term.url.starts_with("https://"), "{}", term.id);
            assert_eq!(TERMS.iter().filter(|other| other.id == term.id).count(), 1);
        }
        assert_eq!(find("nothing"), None);
    }
}
