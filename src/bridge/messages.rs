//! All that the page and its lab say to each other.
//!
//! The page alone owns settings, address bar and host API; the lab has the other pages, lessons and sharing, and the
//! models that this browser keeps. Either side tells the other what is new, and asks for what only the other has: a
//! question carries a number, and its answer the same one. Messages travel as postcard bytes. Plain data for the host,
//! and long lists that are JSON already, travel as JSON texts inside them: the page reads those with the browser's
//! parser.

use crate::{
    attack::challenge::ChallengeResult,
    host::message::Refusal,
    link::{Job, Settings},
};
use foolproof_core::protocol::AttackJob;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Page to lab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToLab {
    /// A question. First in the list, so that its number can be read where the rest of it cannot: see [`Lost`].
    Ask {
        /// Its number.
        id: u32,
        /// What is asked.
        question: LabQuestion,
    },
    /// The answer to a question of the lab's. Second in the list for the same reason.
    Answer {
        /// The question's number.
        id: u32,
        /// The answer.
        answer: PageAnswer,
    },
    /// The settings, whenever they change, and as they are when the lab begins to listen; a stroke of the pen when it is
    /// done.
    Settings(Box<Settings>),
    /// What there is to choose from, whenever it changes: attacks, methods, models and datasets.
    Catalog {
        /// As `getCatalog` answers.
        json: String,
    },
    /// An attack that is done. Told from [`ToPage::Explains`] on.
    Attack(Box<Attack>),
    /// Cancel every job. What comes of a job answers those who asked for it.
    Stop,
}

/// Lab to page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToPage {
    /// A question. First in the list, as in [`ToLab`].
    Ask {
        /// Its number.
        id: u32,
        /// What is asked.
        question: PageQuestion,
    },
    /// The answer to a question of the page's. Second in the list, as in [`ToLab`].
    Answer {
        /// The question's number.
        id: u32,
        /// The answer.
        answer: LabAnswer,
    },
    /// The lab listens from now on.
    Hello,
    /// It wants to be told of attacks that are done, from now on.
    Explains,
    /// Set these keys; they come back with the settings.
    Set {
        /// The keys as a link has them.
        fragment: String,
    },
    /// Nobody knows these keys of the lab's pages.
    Ignored {
        /// The keys.
        keys: Vec<String>,
    },
    /// The models and datasets that this browser keeps, whenever they change.
    Models {
        /// A manifest of them alone.
        json: String,
    },
    /// An own model that is kept just now, so that the page need not ask for it.
    Kept(OwnModel),
    /// How far a job is, for the host.
    Progress {
        /// The event's value.
        json: String,
    },
    /// A lesson's question was answered, for the host.
    Lesson {
        /// The event's value.
        json: String,
    },
    /// A job is done, for the host. Those who asked for it get an answer of their own as well.
    Result {
        /// The event's value.
        json: String,
    },
}

/// What the page asks the lab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LabQuestion {
    /// What comes of this job for the settings? Asked once for each host who asks: it begins the job, goes on with one
    /// that rests, and is answered with [`LabAnswer::Made`] when the job is over.
    Run {
        /// The job.
        job: Job,
    },
    /// What has come of this job, if it was for these settings? Answered with [`LabAnswer::Made`]: at once, or, where the
    /// job is under way, when it is over. Begins nothing.
    Made {
        /// The job.
        job: Job,
        /// The settings.
        settings: Box<Settings>,
    },
    /// What of these keys of the lab's pages cannot be taken? Answered with [`LabAnswer::Checked`].
    Check {
        /// The settings with the keys in them.
        settings: Box<Settings>,
        /// The keys to judge.
        keys: Vec<String>,
    },
    /// An own model's weights and card. Answered with [`LabAnswer::Weights`].
    Weights {
        /// The model's id.
        model: String,
    },
    /// A file of an own dataset. Answered with [`LabAnswer::File`].
    File {
        /// Its path in the dataset's list.
        path: String,
    },
}

/// What the lab answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LabAnswer {
    /// What came of a job.
    Made {
        /// Plain data, for the host.
        json: String,
    },
    /// What cannot be taken of keys.
    Checked {
        /// Nobody knows these.
        ignored: Vec<String>,
        /// These are out of their range, or name what is not there.
        clamped: Vec<String>,
        /// The values in force in place of those, as a link has them; empty if there are none.
        right: String,
    },
    /// An own model.
    Weights(OwnModel),
    /// A file of an own dataset.
    File {
        /// An IDX file's bytes.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// There is no such answer: the job failed or was stopped, or the question cannot be answered.
    Refused(Refusal),
}

/// What the lab asks the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PageQuestion {
    /// The newest attack's result. Answered with [`PageAnswer::Newest`].
    Newest,
    /// What the challenge has come to. Answered with [`PageAnswer::Challenge`].
    Challenge,
    /// A model's weights. Answered with [`PageAnswer::Weights`].
    Weights {
        /// The model's id.
        model: String,
    },
}

/// What the page answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PageAnswer {
    /// The newest attack's result.
    Newest {
        /// As the host gets it; `null` while there is none.
        json: String,
    },
    /// What the challenge has come to; nothing before its end.
    Challenge(Option<Box<ChallengeResult>>),
    /// A model's weights.
    Weights {
        /// A safetensors file's bytes.
        #[serde(with = "serde_bytes")]
        weights: Vec<u8>,
    },
    /// The question cannot be answered.
    Refused(Refusal),
}

/// An attack with what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attack {
    /// What was attacked, and how.
    pub job: AttackJob,
    /// Adversarial pixels by model.
    pub twins: Vec<(String, Vec<f32>)>,
    /// Whether the pen has been on the input since it was opened.
    pub penned: bool,
}

/// A model that this browser keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnModel {
    /// Its id.
    pub id: String,
    /// Its weights: a safetensors file's bytes.
    #[serde(with = "serde_bytes")]
    pub weights: Vec<u8>,
    /// Its card: JSON.
    pub card: String,
}

impl ToLab {
    /// The bytes.
    ///
    /// # Errors
    /// A clause that says what is wrong, if memory runs out.
    pub fn write(&self) -> Result<Vec<u8>, String> {
        write(self)
    }

    /// From bytes.
    ///
    /// # Errors
    /// A clause that says what is wrong with anything that is not exactly one message.
    pub fn read(bytes: &[u8]) -> Result<ToLab, String> {
        read(bytes)
    }
}

impl ToPage {
    /// The bytes.
    ///
    /// # Errors
    /// A clause that says what is wrong, if memory runs out.
    pub fn write(&self) -> Result<Vec<u8>, String> {
        write(self)
    }

    /// From bytes.
    ///
    /// # Errors
    /// A clause that says what is wrong with anything that is not exactly one message.
    pub fn read(bytes: &[u8]) -> Result<ToPage, String> {
        read(bytes)
    }
}

fn write(message: &impl Serialize) -> Result<Vec<u8>, String> {
    postcard::to_allocvec(message).map_err(|error| error.to_string())
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let (message, rest) = postcard::take_from_bytes(bytes).map_err(|error| error.to_string())?;
    if rest.is_empty() { Ok(message) } else { Err(format!("{} bytes too many", rest.len())) }
}

/// A message that cannot be read, but for its beginning: somebody waits for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lost {
    /// It was a question with this number; whoever asked must be told.
    Question(u32),
    /// It was the answer to our question with this number; whoever waits for it must be told.
    Answer(u32),
}

impl Lost {
    /// What these bytes were; nothing if nobody waits for them.
    pub fn of(bytes: &[u8]) -> Option<Lost> {
        match postcard::take_from_bytes(bytes).ok()?.0 {
            (0u32, id) => Some(Lost::Question(id)),
            (1u32, id) => Some(Lost::Answer(id)),
            _ => None,
        }
    }
}

/// What is said in the place of a message that cannot be read.
pub fn unreadable(why: &str) -> Refusal {
    Refusal::new("version", format!("Page and lab do not understand each other: {why}."))
}

#[cfg(test)]
mod tests;
