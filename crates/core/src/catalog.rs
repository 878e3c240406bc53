//! What the engine offers, as data: the cards of attacks and training methods with their knobs.
//!
//! The worker announces its [`Catalog`] when it is ready and the page draws its pickers from it, so that the page
//! never links the engine and a new attack needs no change of the page.

use serde::{Deserialize, Serialize};

/// The norm in which a perturbation is measured, on pixels in [0, 1].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Norm {
    /// The largest change of any pixel.
    Linf,
    /// The Euclidean length of the change.
    L2,
    /// The sum of the changes of all pixels.
    L1,
}

impl Norm {
    /// Every norm, in the order a picker shows them.
    pub const ALL: [Norm; 3] = [Norm::Linf, Norm::L2, Norm::L1];

    /// The id used in links and messages.
    pub fn id(self) -> &'static str {
        match self {
            Norm::Linf => "linf",
            Norm::L2 => "l2",
            Norm::L1 => "l1",
        }
    }

    /// The norm with this id.
    pub fn from_id(id: &str) -> Option<Norm> {
        Norm::ALL.into_iter().find(|norm| norm.id() == id)
    }

    /// The sign the field writes.
    pub fn symbol(self) -> &'static str {
        match self {
            Norm::Linf => "L∞",
            Norm::L2 => "L2",
            Norm::L1 => "L1",
        }
    }
}

/// What an attack is after, and so what its result is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aim {
    /// The input of the norm ball that goes furthest past the decision boundary: a fixed radius.
    Within,
    /// The nearest input with another answer: a minimum norm. Epsilon only says which distances count.
    Nearest,
    /// One perturbation of the ball for a whole batch: the one that fools most of it.
    Shared,
    /// A change that no norm measures, such as a patch or a rotation, inside the pixel box.
    Free,
}

/// Inputs that a perturbation shared by all is crafted on, unless its knob `crafted` says otherwise.
pub const CRAFTED: u32 = 50;

/// What an attack must know of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Nothing.
    None,
    /// Its weights: white-box.
    Gradient,
    /// What it answers, with scores: black-box.
    Scores,
    /// Which class it answers and nothing more: black-box.
    Decision,
}

/// Everything a worker can do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// The attacks, in the order a picker shows them.
    pub attacks: Vec<Card>,
    /// The training methods, likewise.
    pub methods: Vec<Card>,
    /// The defences before a network and inside it, likewise.
    pub defences: Vec<Card>,
    /// The detectors of adversarial inputs, likewise.
    pub detectors: Vec<Card>,
}

/// What a picker needs to show one attack or training method and to set it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Lower-case id, as in links: `pgd`.
    pub id: String,
    /// Name as the field writes it: `PGD`.
    pub name: String,
    /// One plain sentence for a student.
    pub summary: String,
    /// Where it comes from.
    pub paper: Paper,
    /// Norms it is defined for; the first is its natural one.
    pub norms: Vec<Norm>,
    /// Whether it can aim at a class.
    pub targeted: bool,
    /// What it is after.
    pub aim: Aim,
    /// What it must know of the model.
    pub access: Access,
    /// Whether it moves or covers places, and so takes pictures alone: inputs with more than one row and column.
    #[serde(default)]
    pub pictures_only: bool,
    /// Whether it only shows what careless attacks miss; pickers leave it out.
    #[serde(default)]
    pub straw_man: bool,
    /// Its knobs beyond norm, epsilon, target and seed.
    pub knobs: Vec<Knob>,
    /// Settings known by a name in papers or libraries.
    pub presets: Vec<Preset>,
}

impl Card {
    /// The card of an attack along gradients, within a radius, in every norm and toward a class if asked, without knobs;
    /// `paper` is its citation, title and address.
    pub fn new(id: &str, name: &str, summary: &str, paper: [&str; 3]) -> Card {
        let [cite, title, url] = paper.map(String::from);
        Card {
            id: id.into(),
            name: name.into(),
            summary: summary.into(),
            paper: Paper { cite, title, url },
            norms: Norm::ALL.to_vec(),
            targeted: true,
            aim: Aim::Within,
            access: Access::Gradient,
            pictures_only: false,
            straw_man: false,
            knobs: Vec::new(),
            presets: Vec::new(),
        }
    }

    /// Whether it can be carried out on inputs of this `[channel, row, column]`.
    pub fn takes(&self, [_, rows, columns]: [usize; 3]) -> bool {
        !self.pictures_only || (rows > 1 && columns > 1)
    }
}

/// A paper, as a citation and a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// Authors and year: `Madry et al. 2018`.
    pub cite: String,
    /// Title.
    pub title: String,
    /// An `https` address, for the visitor to open.
    pub url: String,
}

/// One number a visitor may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Knob {
    /// Key in links: `step`, `steps` and `restarts` as they are, any other with the card's id before it.
    pub key: String,
    /// Name for the label: `Steps`.
    pub name: String,
    /// One plain sentence.
    pub help: String,
    /// What kind of number it is.
    pub kind: KnobKind,
    /// Smallest value taken.
    pub min: f64,
    /// Largest value taken.
    pub max: f64,
    /// Value when it is not set; `None` where the engine derives one, as `auto` says.
    pub default: Option<f64>,
    /// The formula behind `auto`, for a knob that has no fixed default: `2.5·ε/steps`.
    pub auto: Option<String>,
}

/// How a knob is drawn and rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KnobKind {
    /// A whole number.
    Integer,
    /// A real number.
    Real,
    /// 0 or 1.
    Toggle,
}

/// A named setting from a paper or a library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// Where it is from: `Madry et al., MNIST`.
    pub name: String,
    /// Norms in which its source has it; it is offered in these only.
    pub norms: Vec<Norm>,
    /// What it sets: `eps` first if it has a radius of its own, then every knob of the card, so that nothing of an
    /// earlier setting is left in it.
    pub values: Vec<(String, PresetValue)>,
}

/// What a preset gives a knob.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PresetValue {
    /// This value.
    Fixed(f64),
    /// This share of the radius in force.
    TimesEps(f64),
    /// Left to the engine.
    Auto,
}
