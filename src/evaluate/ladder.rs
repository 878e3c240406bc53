//! "Too good to be true?": networks whose robustness is a disguise, two honest ones, and a ladder of attacks of which one brings
//! a disguise down (Athalye et al. 2018, <https://arxiv.org/abs/1802.00420>; Carlini et al. 2019,
//! <https://arxiv.org/abs/1902.06705>). A member of the ladder is a setting of the link, and what is found a function of the
//! report.

use super::report::Report;
use crate::i18n::{tr, tr_mark, tr_with};
use crate::link::{Settings, number};
use foolproof_core::defence::{self, DefenceSpec};
use foolproof_core::{catalog::Norm, report::Accuracy};

/// Inputs that the ladder is climbed with.
const INPUTS: usize = 100;
/// A rung brings a network down if it leaves so few inputs right, as a share.
const DOWN: f64 = 0.1;
/// The network that most members disguise.
const NATURAL: &str = "mnist-cnn";

/// A network that looks robust.
#[derive(Debug, PartialEq)]
pub struct Member {
    /// Lower-case id.
    pub id: &'static str,
    /// Its name, to be translated.
    pub name: &'static str,
    /// What it is made by, to be translated.
    pub says: &'static str,
    /// The network, and what stands before it: an entry of a list of defences, or nothing.
    made: (&'static str, &'static str),
    /// Radius in L∞, pixels.
    eps: f64,
    /// Whether it draws at random.
    random: bool,
    /// Whether no rung is expected to bring it down.
    pub honest: bool,
}

impl Member {
    const fn disguise(id: &'static str, name: &'static str, says: &'static str, defence: &'static str) -> Member {
        Member { id, name, says, made: (NATURAL, defence), eps: 0.3, random: false, honest: false }
    }

    /// Id of the model with what stands before it.
    fn model(&self) -> String {
        let (model, text) = self.made;
        let list: Vec<DefenceSpec> = DefenceSpec::read(text).into_iter().collect();
        defence::defended(model, &list)
    }

    /// The network without the disguise; of an honest one that stands before nothing, the natural one.
    fn bare(&self) -> &'static str {
        if self.made.1.is_empty() { NATURAL } else { self.made.0 }
    }

    /// Keys of the link that ask for the ladder with this member.
    pub fn keys(&self) -> Vec<(&'static str, String)> {
        let items: Vec<&str> = self.rungs().iter().filter_map(|rung| rung.item).collect();
        vec![
            ("data", "mnist".into()),
            ("defence", String::new()),
            ("norm", Norm::Linf.id().into()),
            ("eps", self.eps.to_string()),
            ("target", "none".into()),
            ("measure.models", format!("{},{}", self.model(), self.bare())),
            ("measure.attacks", items.join(",")),
            ("measure.n", INPUTS.to_string()),
            ("measure.radius", "0".into()),
            ("measure.detector", "none".into()),
        ]
    }

    /// The rungs that it is tried on, lowest first.
    pub fn rungs(&self) -> Vec<&'static Rung> {
        let is_here = |rung: &&Rung| rung.of.is_none_or(|random| random == self.random);
        RUNGS.iter().filter(is_here).collect()
    }
}

/// The members, the honest ones among them.
pub const MEMBERS: [Member; 9] = [
    Member::disguise(
        "quantised",
        tr_mark("Quantised input"),
        tr_mark("Every pixel is rounded to one of eight levels before the network sees it."),
        "quantise:levels:8",
    ),
    Member {
        made: ("mnist-cnn-robust", ""),
        honest: true,
        ..Member::disguise(
            "trained",
            tr_mark("Adversarially trained"),
            tr_mark("The shipped robust network: it learnt from attacks of this radius."),
            "",
        )
    },
    Member::disguise(
        "saturated",
        tr_mark("Saturated logits"),
        tr_mark("The last layer is multiplied by a hundred: the same answers, surer than 32 bits can tell."),
        "saturate:factor:100",
    ),
    Member::disguise(
        "jpeg",
        tr_mark("JPEG-like"),
        tr_mark("Every picture is compressed as JPEG would, at quality 50."),
        "jpeg:quality:50",
    ),
    Member {
        honest: true,
        ..Member::disguise(
            "two-levels",
            tr_mark("Black and white"),
            tr_mark("Every pixel becomes black or white, whichever is nearer."),
            "bits:bits:1",
        )
    },
    Member::disguise(
        "median",
        tr_mark("Median smoothing"),
        tr_mark("Every pixel becomes the median of its three by three neighbours."),
        "median:size:3",
    ),
    Member {
        eps: 0.2,
        random: true,
        ..Member::disguise(
            "shift",
            tr_mark("Random shift"),
            tr_mark("Every look moves the picture by up to three pixels; the answer is what most looks say."),
            "shift:pixels:3",
        )
    },
    Member {
        made: ("mnist-cnn-smooth", "noise:sigma:0.5"),
        eps: 0.25,
        random: true,
        ..Member::disguise(
            "noise",
            tr_mark("Noise at every look"),
            tr_mark(
                "Every look adds noise to each pixel, as the network learnt it; the answer is what most looks say.",
            ),
            "",
        )
    },
    Member {
        eps: 0.15,
        ..Member::disguise(
            "winners",
            tr_mark("Winners take all"),
            tr_mark("Of each hidden layer only the largest fifth passes."),
            "kwta:share:0.2",
        )
    },
];

/// An attack of the ladder.
#[derive(Debug, PartialEq)]
pub struct Rung {
    /// Its name, to be translated.
    pub name: &'static str,
    /// What it does that the rungs below do not, to be translated.
    pub says: &'static str,
    /// The attack as the link names it; `None` for examples made on the network without the disguise.
    item: Option<&'static str>,
    /// Whether it is for networks that draw at random, or for those that do not; `None` for all.
    of: Option<bool>,
}

const fn rung(name: &'static str, says: &'static str, item: &'static str, of: Option<bool>) -> Rung {
    Rung { name, says, item: Some(item), of }
}

/// The rungs, lowest first. Square asks a network that draws at random twenty thousand times an input, and fails at it.
const RUNGS: [Rung; 10] = [
    rung(tr_mark("Noise"), tr_mark("no attack at all"), "noise:tries:1", None),
    rung(tr_mark("naive FGSM"), tr_mark("one step, on a clipped softmax"), "fgsm-naive:eot:1", None),
    rung(tr_mark("FGSM"), tr_mark("one step, on the logits"), "fgsm:eot:1", None),
    rung(tr_mark("PGD"), tr_mark("40 steps"), "pgd:steps:40:eot:1", None),
    rung(tr_mark("Restarts"), tr_mark("the same from five starts"), "pgd:steps:40:restarts:5:eot:1", None),
    rung(
        tr_mark("BPDA"),
        tr_mark("back through the defence as if it were not there"),
        "pgd:steps:40:bpda:1:eot:1",
        None,
    ),
    rung(tr_mark("EOT"), tr_mark("the mean over twenty draws"), "pgd:steps:40:bpda:1:eot:20", Some(true)),
    rung(tr_mark("Square"), tr_mark("no gradient, a thousand questions"), "square:queries:1000", Some(false)),
    rung(tr_mark("DLR"), tr_mark("a loss that no scale of the logits changes"), "apgd-dlr:steps:40:bpda:1", None),
    Rung { name: tr_mark("Transfer"), says: tr_mark("made on the network without the disguise"), item: None, of: None },
];
/// The rung whose examples are carried over.
const CARRIED: &str = "pgd:steps:40:eot:1";

/// What the ladder found.
#[derive(Clone, Debug, PartialEq)]
pub struct Climb {
    /// The member.
    pub member: &'static Member,
    /// What each rung leaves right; `None` as long as it is not known.
    pub bars: Vec<(&'static Rung, Option<Accuracy>)>,
}

impl Climb {
    /// The first rung that brings the network down.
    pub fn broken(&self) -> Option<usize> {
        self.bars.iter().position(|(_, left)| left.is_some_and(|left| left.n > 0 && left.value <= DOWN))
    }

    /// What to make of it, and of what the visitor had guessed: the place of a rung, or none of them.
    pub fn verdict(&self, guess: Option<Option<usize>>) -> String {
        let name = |place: usize| tr(self.bars[place].0.name);
        let found = match self.broken() {
            Some(place) => tr_with("{0} brings it down: it was a disguise.", &[&name(place)]),
            None if self.member.honest => tr("Nothing brings it down at this radius: that much is real.").to_owned(),
            None => tr("Nothing on this ladder brings it down. That proves nothing: another attack may.").to_owned(),
        };
        let judged = guess
            .map(|guess| if guess == self.broken() { tr("You guessed right.") } else { tr("You guessed otherwise.") });
        std::iter::once(found.as_str()).chain(judged).collect::<Vec<_>>().join(" ")
    }
}

/// The member whose ladder these settings ask for.
pub fn chosen(settings: &Settings) -> Option<&'static Member> {
    let has = |(key, value): &(&str, String)| match *key {
        "data" => settings.data == *value,
        "defence" => settings.defence.is_empty(),
        "norm" => settings.norm.id() == value,
        "eps" => settings.eps == number(value),
        "target" => settings.target.is_none(),
        // As many inputs as somebody has patience for.
        "measure.n" => true,
        key @ "measure.detector" => settings.extra.get(key).is_none_or(|list| list.is_empty() || list == value),
        key => settings.extra.get(key) == Some(value),
    };
    MEMBERS.iter().find(|member| member.keys().iter().all(has))
}

/// What a report says of the ladder; `None` for a report of anything else.
pub fn climb(report: &Report) -> Option<Climb> {
    let of_member = |member: &&Member| {
        let items = member.rungs().into_iter().filter_map(|rung| rung.item);
        let ids = items.map(|item| item.split(':').next().unwrap_or_default());
        let models = report.models.iter().map(|model| model.id.as_str());
        let same_radius = (f64::from(report.eps) - member.eps).abs() < 1e-6;
        same_radius
            && report.norm == Norm::Linf
            && models.eq([member.model().as_str(), member.bare()])
            && report.trials.iter().map(|trial| trial.spec.id.as_str()).eq(ids)
    };
    let member = MEMBERS.iter().find(of_member)?;
    let rungs = member.rungs();
    let place_of = |item: &str| rungs.iter().filter_map(|rung| rung.item).position(|own| own == item);
    let left = |rung: &Rung| match rung.item {
        Some(item) => report.models[0]
            .attacks
            .iter()
            .find(|found| Some(found.attack) == place_of(item))
            .map(|found| found.accuracy),
        None => {
            let fooled = (*report.models[1].transfer.get(place_of(CARRIED)?)?.first()?)?;
            Some(Accuracy { value: 1.0 - fooled.value, low: 1.0 - fooled.high, high: 1.0 - fooled.low, n: fooled.n })
        }
    };
    let bars = rungs.iter().map(|&rung| (rung, left(rung))).collect();
    Some(Climb { member, bars })
}

#[cfg(test)]
mod tests;
