//! Protobuf's wire format, field by field. Messages derived for prost would be built whole before anything in them could
//! be counted, at many times the file's length; here every field is looked at in place, and its bytes stay where they are.

use prost::bytes::Buf;
use prost::encoding::{WireType, decode_key, decode_varint};

/// One field's content.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field<'a> {
    /// A whole number.
    Whole(u64),
    /// Eight bytes, lowest first.
    Eight(u64),
    /// A text, bytes, a message, or packed numbers.
    Bytes(&'a [u8]),
    /// Four bytes, lowest first.
    Four(u32),
}

impl<'a> Field<'a> {
    /// Its bytes.
    ///
    /// # Errors
    /// A clause, if it is a number.
    pub fn bytes(self) -> Result<&'a [u8], String> {
        match self {
            Field::Bytes(bytes) => Ok(bytes),
            _ => Err("a number stands where a message is expected".into()),
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// A clause, if it is none.
    pub fn text(self) -> Result<&'a str, String> {
        std::str::from_utf8(self.bytes()?).map_err(|_| "a name is no UTF-8 text".into())
    }

    /// Its signed whole number.
    ///
    /// # Errors
    /// A clause, if it is none.
    pub fn whole(self) -> Result<i64, String> {
        match self {
            Field::Whole(number) => Ok(number.cast_signed()),
            _ => Err("bytes stand where a whole number is expected".into()),
        }
    }
}

/// A message's fields in their order, each with its number.
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The fields of a message's bytes.
    pub fn new(message: &'a [u8]) -> Fields<'a> {
        Fields { rest: message }
    }

    fn field(&mut self) -> Result<(u32, Field<'a>), String> {
        let broken = |_| "its bytes are no protobuf message, or were cut off".to_owned();
        let (number, kind) = decode_key(&mut self.rest).map_err(broken)?;
        let short = || format!("field {number} is cut off");
        let field = match kind {
            WireType::Varint => Field::Whole(decode_varint(&mut self.rest).map_err(broken)?),
            WireType::SixtyFourBit => Field::Eight(self.rest.try_get_u64_le().map_err(|_| short())?),
            WireType::ThirtyTwoBit => Field::Four(self.rest.try_get_u32_le().map_err(|_| short())?),
            WireType::LengthDelimited => {
                let length = usize::try_from(decode_varint(&mut self.rest).map_err(broken)?).unwrap_or(usize::MAX);
                let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(short)?;
                self.rest = rest;
                Field::Bytes(bytes)
            }
            WireType::StartGroup | WireType::EndGroup => {
                return Err("it has a group, which no ONNX file has, or was cut off".into());
            }
        };
        Ok((number, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Field<'a>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let found = self.field();
        if found.is_err() {
            self.rest = &[];
        }
        Some(found)
    }
}

/// The numbers of a repeated whole-number field, packed or one by one, at most `most` together with those already there.
///
/// # Errors
/// A clause, if there are more, or they are cut off.
pub fn wholes(field: Field, most: usize, into: &mut Vec<i64>) -> Result<(), String> {
    let more = || format!("a list has more than {most} numbers");
    let mut take = |number: u64| {
        if into.len() >= most {
            return Err(more());
        }
        into.push(number.cast_signed());
        Ok(())
    };
    match field {
        Field::Bytes(mut packed) => {
            while !packed.is_empty() {
                take(decode_varint(&mut packed).map_err(|_| "a list of numbers is cut off".to_owned())?)?;
            }
            Ok(())
        }
        Field::Whole(number) => take(number),
        _ => Err("a list of whole numbers has other ones".into()),
    }
}

/// The numbers of a repeated field of 32-bit ones, as [`wholes`].
///
/// # Errors
/// As [`wholes`].
pub fn floats(field: Field, most: usize, into: &mut Vec<f32>) -> Result<(), String> {
    let packed = match field {
        Field::Bytes(packed) => packed.as_chunks::<4>(),
        Field::Four(bits) => return floats(Field::Bytes(&bits.to_le_bytes()), most, into),
        _ => return Err("a list of 32-bit numbers has other ones".into()),
    };
    let (chunks, []) = packed else { return Err("a list of numbers is cut off".into()) };
    if chunks.len() > most.saturating_sub(into.len()) {
        return Err(format!("a list has more than {most} numbers"));
    }
    into.extend(chunks.iter().map(|chunk| f32::from_le_bytes(*chunk)));
    Ok(())
}
