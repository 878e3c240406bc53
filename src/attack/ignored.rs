//! Which controls of the page mean nothing to an attack, by its card. They are not shown beside it.

use foolproof_core::catalog::{Aim, Card};

/// Whether an attack ignores a control, given by its name in the link.
pub fn ignores(card: &Card, control: &str) -> bool {
    let idle = card.id == "none";
    match control {
        "norm" => idle || card.aim == Aim::Free,
        "eps" => idle || !bounded(card.aim),
        "target" => idle || !card.targeted,
        "mask" | "seed" => idle,
        _ => false,
    }
}

/// Whether the radius bounds what such an attack does.
pub fn bounded(aim: Aim) -> bool {
    matches!(aim, Aim::Within | Aim::Shared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::catalog;

    const ALL: [&str; 6] = ["norm", "eps", "target", "mask", "seed", "model"];

    #[test]
    fn what_an_attack_ignores_follows_from_its_card() {
        let mut card = catalog().attacks[1].clone();
        let ignored = |card: &Card| ALL.into_iter().filter(|control| ignores(card, control)).collect::<Vec<_>>();
        assert!(ignored(&card).is_empty());
        card.aim = Aim::Shared;
        assert!(ignored(&card).is_empty());
        card.aim = Aim::Nearest;
        assert_eq!(ignored(&card), ["eps"]);
        (card.aim, card.targeted) = (Aim::Free, false);
        assert_eq!(ignored(&card), ["norm", "eps", "target"]);
        assert_eq!(ignored(&catalog().attacks[0]), ["norm", "eps", "target", "mask", "seed"]);
    }
}
