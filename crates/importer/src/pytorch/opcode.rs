//! A pickle's instructions, read one by one (CPython's `pickletools` lists them all). Those that a state dict has no use
//! for are not read.

use super::thing::Name;

/// An instruction with its argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Opcode<'a> {
    /// Nothing to do: the protocol's version, or a frame's length.
    Nothing,
    /// The end.
    Stop,
    /// A mark on the stack.
    Mark,
    /// Takes the topmost thing away, or all down to the mark.
    Pop,
    /// Takes all down to the mark away.
    PopMark,
    /// The topmost thing once more.
    Again,
    /// `None`.
    None,
    /// A truth value.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// A real number.
    Real(f64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes,
    /// A name.
    Global(Name<'a>),
    /// A name whose two parts are on the stack.
    StackGlobal,
    /// A tuple of so many things, or of all down to the mark.
    Tuple(Option<usize>),
    /// A list of all down to the mark, or an empty one.
    List(bool),
    /// A dict of all down to the mark, or an empty one.
    Dict(bool),
    /// Adds one thing to a list, or all down to the mark.
    Append(bool),
    /// Adds one pair to a dict, or all down to the mark.
    SetItem(bool),
    /// Calls something.
    Reduce,
    /// Makes an object of a class.
    NewObject,
    /// Gives an object its state.
    Build,
    /// Something that lies beside the pickle.
    Persistent,
    /// Remembers the topmost thing under a number, or under the next one.
    Put(Option<u32>),
    /// What was remembered.
    Get(u32),
}

/// A pickle's bytes and how far they are read.
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// The place of the next byte.
    pub at: usize,
}

impl<'a> Reader<'a> {
    /// From the beginning.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    /// The next instruction.
    ///
    /// # Errors
    /// A clause that names the instruction that is not read, or says that the pickle is cut off.
    pub fn next(&mut self) -> Result<Opcode<'a>, String> {
        let [code] = self.array::<1>()?;
        Ok(match code {
            0x80 => self.array::<1>().map(|_| Opcode::Nothing)?,
            0x95 => self.array::<8>().map(|_| Opcode::Nothing)?,
            b'.' => Opcode::Stop,
            b'(' => Opcode::Mark,
            b'0' => Opcode::Pop,
            b'1' => Opcode::PopMark,
            b'2' => Opcode::Again,
            b'N' => Opcode::None,
            0x88 => Opcode::Truth(true),
            0x89 => Opcode::Truth(false),
            b'K' | b'M' | b'J' | 0x8a => Opcode::Whole(self.whole(code)?),
            b'G' => Opcode::Real(f64::from_be_bytes(self.array()?)),
            b'X' | 0x8c | 0x8d | b'U' | b'T' => Opcode::Text(self.text(code)?),
            b'B' | b'C' => {
                let length = self.length(if code == b'B' { 4 } else { 1 })?;
                self.take(length).map(|_| Opcode::Bytes)?
            }
            b'c' => Opcode::Global(Name { module: self.line()?, name: self.line()? }),
            0x93 => Opcode::StackGlobal,
            b')' => Opcode::Tuple(Some(0)),
            0x85 => Opcode::Tuple(Some(1)),
            0x86 => Opcode::Tuple(Some(2)),
            0x87 => Opcode::Tuple(Some(3)),
            b't' => Opcode::Tuple(None),
            b']' => Opcode::List(false),
            b'l' => Opcode::List(true),
            b'}' => Opcode::Dict(false),
            b'd' => Opcode::Dict(true),
            b'a' => Opcode::Append(false),
            b'e' => Opcode::Append(true),
            b's' => Opcode::SetItem(false),
            b'u' => Opcode::SetItem(true),
            b'R' => Opcode::Reduce,
            0x81 => Opcode::NewObject,
            b'b' => Opcode::Build,
            b'Q' => Opcode::Persistent,
            0x94 => Opcode::Put(None),
            b'q' => Opcode::Put(Some(self.number(1)?)),
            b'r' => Opcode::Put(Some(self.number(4)?)),
            b'h' => Opcode::Get(self.number(1)?),
            b'j' => Opcode::Get(self.number(4)?),
            b'i' => {
                let name = Name { module: self.line()?, name: self.line()? };
                return Err(format!("it makes an object of “{name}”; nothing of it was run"));
            }
            other => return Err(format!("the instruction {other:#04x} is none that a state dict has")),
        })
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end)).ok_or("it is cut off")?;
        self.at += length;
        Ok(taken)
    }

    fn array<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], String> {
        self.take(SIZE)?.try_into().map_err(|_| "it is cut off".into())
    }

    /// A number of so many bytes, at most eight, the lowest first.
    fn length(&mut self, bytes: usize) -> Result<usize, String> {
        let number = self.take(bytes)?.iter().rev().fold(0u64, |all, &byte| all << 8 | u64::from(byte));
        usize::try_from(number).map_err(|_| "it is cut off".into())
    }

    fn number(&mut self, bytes: usize) -> Result<u32, String> {
        u32::try_from(self.length(bytes)?).map_err(|_| "it has too large a number".into())
    }

    fn whole(&mut self, code: u8) -> Result<i64, String> {
        Ok(match code {
            b'K' => i64::from(u8::from_le_bytes(self.array()?)),
            b'M' => i64::from(u16::from_le_bytes(self.array()?)),
            b'J' => i64::from(i32::from_le_bytes(self.array()?)),
            _ => {
                let length = self.length(1)?;
                let bytes = self.take(length)?;
                let mut wide = [if bytes.last().is_some_and(|&byte| byte >= 0x80) { 0xff } else { 0 }; 8];
                let low = wide.get_mut(..bytes.len()).ok_or("it has too large a number")?;
                low.copy_from_slice(bytes);
                i64::from_le_bytes(wide)
            }
        })
    }

    fn text(&mut self, code: u8) -> Result<&'a str, String> {
        let length = self.length(match code {
            b'X' | b'T' => 4,
            0x8d => 8,
            _ => 1,
        })?;
        std::str::from_utf8(self.take(length)?).map_err(|_| "a text is no UTF-8".into())
    }

    /// A line's text without its end.
    fn line(&mut self) -> Result<&'a str, String> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n').ok_or("it is cut off")?;
        let line = std::str::from_utf8(self.take(length)?).map_err(|_| "a name is no UTF-8")?;
        self.at += 1;
        Ok(line)
    }
}
