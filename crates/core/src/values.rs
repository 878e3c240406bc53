//! The values of inputs, all in [0, 1]: as bytes, where 255 stands for 1, or as 32-bit numbers.

use crate::fault::{Fault, FaultKind};
use crate::protocol::floats;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Values, input after input, each row by row over `[channel, row, column]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Values {
    /// 0 to 255 for 0 to 1.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
    /// 0 to 1.
    Floats(#[serde(with = "floats::list")] Vec<f32>),
}

impl Default for Values {
    fn default() -> Values {
        Values::Bytes(Vec::new())
    }
}

impl From<Vec<u8>> for Values {
    fn from(bytes: Vec<u8>) -> Values {
        Values::Bytes(bytes)
    }
}

impl From<Vec<f32>> for Values {
    fn from(floats: Vec<f32>) -> Values {
        Values::Floats(floats)
    }
}

impl Values {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Values::Bytes(bytes) => bytes.len(),
            Values::Floats(floats) => floats.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All values, each in [0, 1].
    pub fn all(&self) -> Vec<f32> {
        self.read(0..self.len()).unwrap_or_default()
    }

    /// The values in this range, each in [0, 1]; `None` if there are fewer.
    pub fn read(&self, range: Range<usize>) -> Option<Vec<f32>> {
        match self {
            Values::Bytes(bytes) => Some(bytes.get(range)?.iter().map(|&byte| f32::from(byte) / 255.0).collect()),
            Values::Floats(floats) => floats.get(range).map(<[f32]>::to_vec),
        }
    }

    /// The values in this range as they are kept; `None` if there are fewer.
    pub fn part(&self, range: Range<usize>) -> Option<Values> {
        match self {
            Values::Bytes(bytes) => bytes.get(range).map(|part| part.to_vec().into()),
            Values::Floats(floats) => floats.get(range).map(|part| part.to_vec().into()),
        }
    }

    /// Adds more values at the end. Bytes and numbers together become numbers, so that nothing is rounded.
    pub fn extend(&mut self, more: &Values) {
        match (&mut *self, more) {
            (Values::Bytes(bytes), Values::Bytes(more)) => bytes.extend_from_slice(more),
            (Values::Floats(floats), Values::Floats(more)) => floats.extend_from_slice(more),
            (mine, more) if mine.is_empty() => *mine = more.clone(),
            (mine, more) => {
                *self = Values::Floats([mine.all(), more.all()].concat());
            }
        }
    }

    /// Whether all are in [0, 1].
    ///
    /// # Errors
    /// A [`Fault`] that names the first value that is not, and its place.
    pub fn check(&self) -> Result<(), Fault> {
        let Values::Floats(floats) = self else { return Ok(()) };
        match floats.iter().position(|value| !(0.0..=1.0).contains(value)) {
            None => Ok(()),
            Some(at) => {
                let message = format!("Value {at} is {}, and must be between 0 and 1.", floats[at]);
                Err(Fault::new(FaultKind::Input, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Values;
    use proptest::prelude::*;

    fn some() -> impl Strategy<Value = Values> {
        let bytes = prop::collection::vec(any::<u8>(), 0..40).prop_map(Values::from);
        prop_oneof![bytes, prop::collection::vec(0.0f32..=1.0, 0..40).prop_map(Values::from)]
    }

    proptest! {
        #[test]
        fn values_survive_the_way_and_one_another(one in some(), other in some()) {
            let bytes = postcard::to_allocvec(&one).unwrap();
            prop_assert_eq!(&postcard::from_bytes::<Values>(&bytes).unwrap(), &one);
            prop_assert!(one.check().is_ok());
            let mut both = one.clone();
            both.extend(&other);
            prop_assert_eq!(both.all(), [one.all(), other.all()].concat());
            prop_assert_eq!(both.part(0..one.len()).map(|part| part.all()), Some(one.all()));
            prop_assert_eq!(both.read(0..both.len() + 1), None);
        }
    }

    #[test]
    fn what_lies_outside_is_told_with_its_place() {
        for wrong in [f32::NAN, f32::INFINITY, -0.1, 1.1] {
            let told = Values::Floats(vec![0.0, 1.0, wrong]).check().unwrap_err().message;
            assert_eq!(told, format!("Value 2 is {wrong}, and must be between 0 and 1."));
        }
    }
}
