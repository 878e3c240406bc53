//! Long lists of numbers as one run of bytes, little-endian. Written number by number, a learner would keep the page
//! busy for tens of milliseconds a round.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A list on its way out.
struct Out<'a>(&'a [f32]);

/// A list on its way in.
struct In(Vec<f32>);

impl Serialize for Out<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Four bytes at a time: a byte at a time takes ten times as long, and lists are megabytes.
        let bytes: Vec<[u8; 4]> = self.0.iter().map(|value| value.to_le_bytes()).collect();
        serializer.serialize_bytes(bytes.as_flattened())
    }
}

impl<'de> Deserialize<'de> for In {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<In, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl de::Visitor<'_> for Bytes {
    type Value = In;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the bytes of 32-bit numbers")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<In, E> {
        match bytes.as_chunks::<4>() {
            (values, []) => Ok(In(values.iter().map(|value| f32::from_le_bytes(*value)).collect())),
            (_, rest) => Err(E::custom(format_args!("{} bytes too many", rest.len()))),
        }
    }
}

/// Of one list.
pub mod list {
    use super::{Deserialize, Deserializer, In, Out, Serialize, Serializer};

    /// Writes it.
    pub fn serialize<S: Serializer>(list: &[f32], serializer: S) -> Result<S::Ok, S::Error> {
        Out(list).serialize(serializer)
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
        In::deserialize(deserializer).map(|list| list.0)
    }
}

/// Of several lists.
pub mod lists {
    use super::{Deserialize, Deserializer, In, Out, Serializer};

    /// Writes them.
    pub fn serialize<S: Serializer>(lists: &[Vec<f32>], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(lists.iter().map(|list| Out(list)))
    }

    /// Reads them.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<f32>>, D::Error> {
        Vec::<In>::deserialize(deserializer).map(|lists| lists.into_iter().map(|list| list.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use crate::protocol::Learner;

    #[test]
    fn a_learner_survives_the_way_bit_for_bit_and_a_cut_one_is_refused() {
        let odd = [1.5, -0.0, f32::MIN_POSITIVE, f32::NAN, f32::INFINITY];
        let learner =
            Learner { weights: odd.to_vec(), moments: vec![vec![], odd.to_vec()], steps: 7, average: vec![0.1] };
        let bytes = postcard::to_allocvec(&learner).unwrap();
        let back: Learner = postcard::from_bytes(&bytes).unwrap();
        let bits = |list: &[f32]| list.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back.weights), bits(&odd));
        assert_eq!((back.moments[0].len(), bits(&back.moments[1]), back.steps), (0, bits(&odd), 7));
        assert_eq!(back.average, [0.1]);
        assert!(postcard::from_bytes::<Learner>(&bytes[..bytes.len() - 1]).is_err());
        let mut odd_length = bytes;
        odd_length[0] -= 1;
        assert!(postcard::from_bytes::<Learner>(&odd_length).is_err());
    }
}
