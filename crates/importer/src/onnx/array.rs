//! A tensor as an ONNX file keeps it: its numbers as raw bytes or as typed fields.

use super::wire::{Fields, floats, wholes};
use crate::bounds::{brief, count};
use half::{bf16, f16};

/// A tensor's message, its numbers not yet read.
#[derive(Clone, Debug, Default)]
pub struct TensorMessage<'a> {
    /// Its name.
    pub name: &'a str,
    dims: Vec<i64>,
    kind: i64,
    raw: Option<&'a [u8]>,
    external: bool,
    message: &'a [u8],
}

/// Numbers with a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Its sizes; none for a single number.
    pub shape: Vec<usize>,
    /// Its numbers, the last index fastest.
    pub numbers: Numbers,
    /// What they were in the file, if not 32-bit reals.
    pub width: Option<Width>,
}

/// An array's numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Real ones.
    Real(Vec<f32>),
    /// Whole ones.
    Whole(Vec<i64>),
}

/// How reals were kept that have not 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 16 bits.
    Sixteen,
    /// 64 bits.
    SixtyFour,
}

impl<'a> TensorMessage<'a> {
    /// Reads what a tensor says of itself.
    ///
    /// # Errors
    /// A clause that says what is wrong with it.
    pub fn read(message: &'a [u8]) -> Result<TensorMessage<'a>, String> {
        let mut tensor = TensorMessage { message, ..TensorMessage::default() };
        for field in Fields::new(message) {
            let (number, field) = field?;
            match number {
                1 => wholes(field, crate::bounds::MOST_DIMENSIONS, &mut tensor.dims)?,
                2 => tensor.kind = field.whole()?,
                8 => tensor.name = field.text()?,
                9 => tensor.raw = Some(field.bytes()?),
                13 => tensor.external = true,
                14 => tensor.external |= field.whole()? == 1,
                _ => {}
            }
        }
        Ok(tensor)
    }

    /// Its numbers.
    ///
    /// # Errors
    /// A clause that names the tensor and says what is wrong with it.
    pub fn array(&self) -> Result<Array, String> {
        self.decode().map_err(|why| format!("the tensor “{}” cannot be read: {why}", brief(self.name)))
    }

    fn decode(&self) -> Result<Array, String> {
        if self.external {
            return Err("its numbers lie in a file of their own (external data); export the network as one file".into());
        }
        let sizes: Result<Vec<usize>, _> = self.dims.iter().map(|&size| usize::try_from(size)).collect();
        let shape = sizes.map_err(|_| format!("its shape {:?} has a size below 0", self.dims))?;
        let all = count(&shape)?;
        let width = match self.kind {
            10 | 16 => Some(Width::Sixteen),
            11 => Some(Width::SixtyFour),
            _ => None,
        };
        let numbers = match self.raw {
            Some(raw) => self.in_raw(raw, all)?,
            None => self.in_fields(all)?,
        };
        Ok(Array { shape, numbers, width })
    }

    fn in_raw(&self, raw: &[u8], all: usize) -> Result<Numbers, String> {
        Ok(match self.kind {
            1 => Numbers::Real(chunks(raw, all, f32::from_le_bytes)?),
            10 => Numbers::Real(chunks(raw, all, |bytes| f16::from_le_bytes(bytes).to_f32())?),
            11 => Numbers::Real(chunks(raw, all, |bytes| f64::from_le_bytes(bytes) as f32)?),
            16 => Numbers::Real(chunks(raw, all, |bytes| bf16::from_le_bytes(bytes).to_f32())?),
            6 => Numbers::Whole(chunks(raw, all, |bytes| i64::from(i32::from_le_bytes(bytes)))?),
            7 => Numbers::Whole(chunks(raw, all, i64::from_le_bytes)?),
            2 | 9 => Numbers::Whole(chunks(raw, all, |bytes| i64::from(u8::from_le_bytes(bytes)))?),
            3 => Numbers::Whole(chunks(raw, all, |bytes| i64::from(i8::from_le_bytes(bytes)))?),
            other => return Err(unknown(other)),
        })
    }

    /// Typed fields, each of which may come in several parts.
    fn in_fields(&self, all: usize) -> Result<Numbers, String> {
        let (mut real, mut whole, mut wide) = (Vec::new(), Vec::new(), Vec::new());
        let small = matches!(self.kind, 2 | 3 | 6 | 9 | 10 | 16);
        for field in Fields::new(self.message) {
            match (field?, self.kind) {
                ((4, field), 1) => floats(field, all, &mut real)?,
                ((5, field), _) if small => wholes(field, all, &mut whole)?,
                ((7, field), 7) => wholes(field, all, &mut whole)?,
                ((10, field), 11) => wide.push(field.bytes()?),
                _ => {}
            }
        }
        let bits = |whole: &[i64], real: fn(u16) -> f32| whole.iter().map(|&bits| real(bits as u16)).collect();
        let numbers = match self.kind {
            1 => Numbers::Real(real),
            10 => Numbers::Real(bits(&whole, |bits| f16::from_bits(bits).to_f32())),
            16 => Numbers::Real(bits(&whole, |bits| bf16::from_bits(bits).to_f32())),
            11 => Numbers::Real(chunks(&wide.concat(), all, |bytes| f64::from_le_bytes(bytes) as f32)?),
            _ if small || self.kind == 7 => Numbers::Whole(whole),
            other => return Err(unknown(other)),
        };
        let found = match &numbers {
            Numbers::Real(numbers) => numbers.len(),
            Numbers::Whole(numbers) => numbers.len(),
        };
        if found == all { Ok(numbers) } else { Err(format!("it has {found} numbers where its shape asks for {all}")) }
    }
}

/// All numbers in raw bytes, which must be as many.
fn chunks<const SIZE: usize, N>(raw: &[u8], all: usize, number: impl Fn([u8; SIZE]) -> N) -> Result<Vec<N>, String> {
    match raw.as_chunks::<SIZE>() {
        (chunks, []) if chunks.len() == all => Ok(chunks.iter().map(|chunk| number(*chunk)).collect()),
        _ => Err(format!("it has {} bytes where its shape asks for {}", raw.len(), all.saturating_mul(SIZE))),
    }
}

fn unknown(kind: i64) -> String {
    let name = match kind {
        0 => return "it has no type".into(),
        4 => "uint16",
        5 => "int16",
        8 => "string",
        12 => "uint32",
        13 => "uint64",
        14 | 15 => "complex numbers",
        17..=20 => "8-bit reals",
        21 | 22 => "4-bit numbers",
        _ => return format!("its type has the number {kind}, which is not known"),
    };
    format!("its type is {name}, and only float, float16, bfloat16, double and whole numbers are read")
}
