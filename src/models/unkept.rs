//! Why something could not be kept in this browser, and what becomes of it, in one sentence.

use super::MOST;
use crate::i18n::{tr, tr_with};
use foolproof_core::protocol::{Fault, FaultKind};

/// Why a store has not written something.
#[derive(Clone, Debug, PartialEq)]
pub enum Unwritten {
    /// The browser grants the page no more room.
    Full,
    /// The browser refused, for this reason.
    Refused(String),
}

/// Why a model is in memory alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Unkept {
    /// The store has not written it.
    Unwritten(Unwritten),
    /// The page may store nothing: in private windows, frames of other sites, by policy.
    Blocked,
    /// The list is as long as it may be.
    Many,
}

impl Unwritten {
    /// The same where nothing more is to be said.
    pub fn fault(self) -> Fault {
        let why = match self {
            Unwritten::Full => tr("The browser's storage is full.").into(),
            Unwritten::Refused(why) => tr_with("The browser's storage refused: {0}.", &[&why]),
        };
        Fault::new(FaultKind::File, why)
    }

    /// What that means to a training under way, which does not need its checkpoints.
    pub fn training(&self) -> String {
        match self {
            Unwritten::Full => {
                tr("The browser's storage is full: training goes on, but a reload would lose it.").into()
            }
            Unwritten::Refused(why) => {
                tr_with("The browser's storage refused ({0}): training goes on, but a reload would lose it.", &[&why])
            }
        }
    }
}

impl Unkept {
    /// What that means to the model of this name.
    pub fn sentence(&self, name: &str) -> String {
        match self {
            Unkept::Unwritten(Unwritten::Full) => tr_with(
                "“{0}” could not be kept: the browser's storage is full; it stays until this tab closes.",
                &[&name],
            ),
            Unkept::Unwritten(Unwritten::Refused(why)) => tr_with(
                "“{0}” could not be kept: the browser's storage refused ({1}); it stays until this tab closes.",
                &[&name, &why],
            ),
            Unkept::Blocked => tr_with(
                "“{0}” could not be kept: this browser does not let the page store anything; it stays until this tab closes.",
                &[&name],
            ),
            Unkept::Many => tr_with(
                "“{0}” could not be kept: this browser keeps {1} models already; it stays until this tab closes.",
                &[&name, &MOST],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_says_what_was_not_kept_and_what_becomes_of_it() {
        let refused = || Unwritten::Refused("moved".into());
        for (unkept, reason) in [
            (Unkept::Unwritten(Unwritten::Full), "is full"),
            (Unkept::Unwritten(refused()), "(moved)"),
            (Unkept::Blocked, "does not let"),
            (Unkept::Many, "keeps 50 models"),
        ] {
            let said = unkept.sentence("mine");
            assert!(said.starts_with("“mine” could not be kept: ") && said.contains(reason), "{said}");
            assert!(said.ends_with("; it stays until this tab closes."), "{said}");
        }
        let training = [Unwritten::Full, refused()].map(|why| why.training());
        assert!(training.iter().all(|said| said.ends_with("training goes on, but a reload would lose it.")));
        assert!(training[0].contains("is full") && training[1].contains("(moved)"));
        assert_eq!(Unwritten::Full.fault().message, "The browser's storage is full.");
        assert_eq!(refused().fault().message, "The browser's storage refused: moved.");
    }
}
