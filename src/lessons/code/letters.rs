//! Bytes as letters that people can copy, and back: Crockford's base 32, which has no I, L, O and U, in groups of five,
//! with the number of bytes in front and a checksum behind.

use super::Wrong;

/// The letters, each worth its place.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bits of a letter.
const BITS: usize = 5;
/// Letters of a group.
pub const GROUP: usize = 5;
/// Bytes of the number in front, and of the checksum.
const FRONT: usize = 2;
const BEHIND: usize = 4;
/// Most bytes that are written and read: forty lessons of a dozen steps.
pub const MOST: usize = 2700;

/// How many letters so many bytes make.
pub const fn count(bytes: usize) -> usize {
    ((FRONT + bytes + BEHIND) * 8).div_ceil(BITS)
}

/// The letters, in groups.
pub fn write(bytes: &[u8]) -> String {
    // More than `MOST` is written by nobody.
    let mut all = (bytes.len() as u16).to_be_bytes().to_vec();
    all.extend(bytes);
    all.extend(checksum(&all).to_be_bytes());
    let bit = |at: usize| all.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
    let letter = |at: usize| {
        let value = (at * BITS..(at + 1) * BITS).fold(0, |value, at| value * 2 + usize::from(bit(at)));
        char::from(ALPHABET[value])
    };
    let mut text = String::new();
    for at in 0..count(bytes.len()) {
        if at > 0 && at % GROUP == 0 {
            text.push('-');
        }
        text.push(letter(at));
    }
    text
}

/// How many letters there have to be, once the first ones say it.
pub fn wanted(letters: &[char]) -> Option<usize> {
    let front = values(letters.get(..(FRONT * 8).div_ceil(BITS))?).ok()?;
    let front = bytes(&front);
    Some(count(usize::from(u16::from_be_bytes([front[0], front[1]]))))
}

/// The bytes behind letters.
///
/// # Errors
/// A letter that is none of these, too many or too few of them, or one that is not what was written.
pub fn read(letters: &[char]) -> Result<Vec<u8>, Wrong> {
    if letters.len() > count(MOST) {
        return Err(Wrong::Long { has: letters.len(), most: count(MOST) });
    }
    let values = values(letters)?;
    let wanted = wanted(letters).ok_or(Wrong::Short { has: letters.len(), wants: count(1) })?;
    match letters.len() {
        has if has < wanted => return Err(Wrong::Short { has, wants: wanted }),
        has if has > wanted => return Err(Wrong::Long { has, most: wanted }),
        _ => {}
    }
    let all = bytes(&values);
    // What is left of the last letter is nothing.
    let rest = values.len() * BITS % 8;
    let blank = values.last().is_some_and(|last| last & ((1u8 << rest) - 1) == 0);
    let (body, sum) = all.split_last_chunk::<BEHIND>().ok_or(Wrong::Checksum)?;
    if !blank || u32::from_be_bytes(*sum) != checksum(body) {
        return Err(Wrong::Checksum);
    }
    Ok(body[FRONT..].to_vec())
}

fn values(letters: &[char]) -> Result<Vec<u8>, Wrong> {
    let value = |(at, &letter): (usize, &char)| {
        let meant = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let place = ALPHABET.iter().position(|&known| char::from(known) == meant);
        // There are 32.
        place.map(|place| place as u8).ok_or(Wrong::Letter { letter, group: at / GROUP + 1 })
    };
    letters.iter().enumerate().map(value).collect()
}

/// Whole bytes of values of five bits.
fn bytes(values: &[u8]) -> Vec<u8> {
    let bit = |at: usize| values[at / BITS] >> (BITS - 1 - at % BITS) & 1;
    (0..values.len() * BITS / 8).map(|at| (at * 8..at * 8 + 8).fold(0, |byte, at| byte * 2 + bit(at))).collect()
}

/// CRC-32, which finds every change within 32 bits in a row, and so every changed letter.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
    !bytes.iter().fold(!0, |sum, &byte| (0..8).fold(sum ^ u32::from(byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_that_others_compute() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn letters_are_as_many_as_the_first_ones_say() {
        for length in [0, 1, 2, 3, 4, 5, 300, MOST] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 37 % 256) as u8).collect();
            let letters: Vec<char> = write(&bytes).chars().filter(|letter| *letter != '-').collect();
            assert_eq!((letters.len(), wanted(&letters)), (count(length), Some(count(length))));
            assert_eq!(read(&letters), Ok(bytes));
        }
        assert_eq!(wanted(&['0', '0', '0']), None);
    }

    #[test]
    fn confusable_letters_are_read_as_meant() {
        let letters: Vec<char> = write(&[0x08, 0x42, 0x10]).chars().filter(|letter| *letter != '-').collect();
        assert!(letters.contains(&'0') && letters.contains(&'1'));
        for (digit, letter) in [('0', 'O'), ('0', 'o'), ('1', 'I'), ('1', 'l')] {
            let other: Vec<char> = letters.iter().map(|&one| if one == digit { letter } else { one }).collect();
            assert_eq!(read(&other), Ok(vec![0x08, 0x42, 0x10]));
        }
        assert_eq!(read(&['0', '0', '0', '0', '0', 'U']), Err(Wrong::Letter { letter: 'U', group: 2 }));
    }
}
