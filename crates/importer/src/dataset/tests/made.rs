//! Made-up files: pictures whose bytes are their pixels, arrays, archives.

use crate::dataset::{Decoded, Hands, Listed, OwnDataset, read as read_with};
use foolproof_core::importing::dataset::DatasetRequest;
use std::future::{Future, ready};

/// Files by path.
#[derive(Clone)]
pub struct Made(pub Vec<(String, Vec<u8>)>);

impl Hands for Made {
    fn bytes(&self, place: usize) -> impl Future<Output = Result<Vec<u8>, String>> {
        ready(self.0.get(place).map(|(_, bytes)| bytes.clone()).ok_or("it is gone".into()))
    }

    fn picture(&self, bytes: &[u8]) -> impl Future<Output = Result<Decoded, String>> {
        ready(match bytes {
            [b'P', width, height, rgba @ ..] => {
                Ok(Decoded { width: (*width).into(), height: (*height).into(), rgba: rgba.to_vec(), scaled: false })
            }
            _ => Err("it is no picture".into()),
        })
    }

    fn told(&self, done: usize, total: usize) {
        assert!(done <= total);
    }
}

/// Has them read.
pub fn read(files: Made, seed: u64) -> Result<OwnDataset, String> {
    let listed = files.0.iter().map(|(path, bytes)| Listed { path: path.clone(), bytes: bytes.len() as u64 });
    let request = DatasetRequest { name: "own".into(), seed };
    pollster::block_on(read_with(listed.collect(), &request, &files))
}

/// A grey picture.
pub fn picture(width: u8, height: u8, grey: u8) -> Vec<u8> {
    let pixels = [grey, grey, grey, 255].repeat(usize::from(width) * usize::from(height));
    [vec![b'P', width, height], pixels].concat()
}

/// Folders of so many pictures of 4 x 4.
pub fn folder(classes: &[(&str, usize)]) -> Made {
    let of = |(class, count): &(&str, usize)| {
        let class = class.to_string();
        (0..*count).map(move |at| (format!("pets/{class}/{at}.png"), picture(4, 4, at as u8))).collect::<Vec<_>>()
    };
    Made(classes.iter().flat_map(of).collect())
}

/// An array.
pub fn npy(descr: &str, shape: &[usize], content: &[u8]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes})}}");
    [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), content].concat()
}

/// A zip archive, written by hand: local headers, contents, the list of them, its end.
pub fn archive(files: &[(String, Vec<u8>)], deflated: bool) -> Vec<u8> {
    let (mut zip, mut list) = (Vec::new(), Vec::new());
    for (path, bytes) in files {
        let packed = if deflated { miniz_oxide::deflate::compress_to_vec(bytes, 6) } else { bytes.clone() };
        let start = zip.len() as u32;
        let mut common = vec![20, 0, 0, 0, if deflated { 8 } else { 0 }, 0, 0, 0, 0, 0];
        // The checksum is not looked at.
        for word in [0, packed.len() as u32, bytes.len() as u32] {
            common.extend(word.to_le_bytes());
        }
        common.extend((path.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        zip.extend([b"PK\x03\x04", &common[..], path.as_bytes(), &packed].concat());
        list.extend([b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &start.to_le_bytes(), path.as_bytes()].concat());
    }
    let (start, count) = (zip.len() as u32, files.len() as u16);
    zip.extend(&list);
    zip.extend([b"PK\x05\x06\0\0\0\0", &count.to_le_bytes()[..], &count.to_le_bytes()].concat());
    zip.extend((list.len() as u32).to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0, 0]);
    zip
}
