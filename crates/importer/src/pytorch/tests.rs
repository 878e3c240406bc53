//! Archives and pickles written by hand and by PyTorch: what is read of them, and why others are refused.

use super::*;
use proptest::prelude::*;

fn reference(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/reference/importer/{name}.pt", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// An archive as `torch.save` writes it.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut zip = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, data) in entries {
        let (mut entry, config) =
            zip.new_file(name).compression_method(rawzip::CompressionMethod::STORE).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        std::io::Write::write_all(&mut writer, data).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    zip.finish().unwrap();
    bytes
}

/// What is said of a pickle.
fn said(pickle: &[u8]) -> String {
    read(&archive(&[("a/data.pkl", pickle)])).unwrap_err()
}

/// A pickle of `{"w": tensor}` with one storage of `count` numbers, and these offset, sizes and strides.
fn tensor(class: &str, count: u8, offset: u8, shape: [u8; 2], strides: [u8; 2]) -> Vec<u8> {
    let number = |number: u8| [b'K', number];
    let text = |text: &str| [&[0x8c, text.len() as u8], text.as_bytes()].concat();
    let pair = |pair: [u8; 2]| [number(pair[0]), number(pair[1])].concat();
    [
        b"\x80\x02}" as &[u8],
        &text("w"),
        b"ctorch._utils\n_rebuild_tensor_v2\n((",
        &text("storage"),
        format!("ctorch\n{class}\n").as_bytes(),
        &text("0"),
        &text("cpu"),
        &number(count),
        b"tQ",
        &number(offset),
        &pair(shape),
        b"\x86",
        &pair(strides),
        b"\x86",
        b"\x89}tRs.",
    ]
    .concat()
}

#[test]
fn strides_are_followed() {
    let numbers: Vec<u8> = (0..6).flat_map(|number| (number as f32).to_le_bytes()).collect();
    let big: Vec<u8> = (0..6).flat_map(|number| (number as f32).to_be_bytes()).collect();
    let of = |pickle: &[u8], more: &[(&str, &[u8])]| {
        let found = read(&archive(&[&[("a/data.pkl", pickle)], more].concat()));
        found.map(|found| found.tensors[0].values.clone())
    };
    let little = [("a/data/0", &numbers[..])];
    let whole = tensor("FloatStorage", 6, 0, [3, 2], [2, 1]);
    assert_eq!(of(&whole, &little), Ok(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
    assert_eq!(of(&whole, &[("a/data/0", &big), ("a/byteorder", b"big")]), Ok(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
    assert_eq!(of(&tensor("FloatStorage", 6, 1, [2, 2], [1, 3]), &little), Ok(vec![1.0, 4.0, 2.0, 5.0]));
    assert_eq!(of(&tensor("FloatStorage", 6, 5, [2, 2], [0, 0]), &little), Ok(vec![5.0; 4]));
    for (pickle, entries, why) in [
        (
            tensor("FloatStorage", 6, 2, [2, 2], [1, 3]),
            &little[..],
            "“w” cannot be read: it reaches behind the end of its storage of 6 numbers",
        ),
        (
            tensor("FloatStorage", 7, 0, [2, 2], [1, 3]),
            &little,
            "the entry “data/0” has 24 bytes, where 7 numbers of 4 are expected",
        ),
        (whole.clone(), &[], "the entry “data/0” is missing"),
        (whole.clone(), &[("a/data/0", &[0xff; 24])], "it is not finite at position 0"),
        (whole.clone(), &[("a/data/0", &numbers), ("a/byteorder", b"middle")], "its entry “byteorder” is neither"),
        (tensor("QInt8Storage", 6, 0, [3, 2], [2, 1]), &little, "its numbers have the type “torch.QInt8Storage”"),
        (tensor("LongStorage", 6, 0, [3, 2], [2, 1]), &little, "its type is int64, and only float32"),
    ] {
        let said = of(&pickle, entries).unwrap_err();
        assert!(said.contains(why), "{why}: {said}");
    }
}

/// F10.
#[test]
fn nothing_is_called_that_is_not_known() {
    for (pickle, why) in [
        (
            &b"\x80\x02cposix\nsystem\n\x8c\x02ls\x85R."[..],
            "byte 21 of its data.pkl: it calls posix.system; nothing of it was run",
        ),
        (b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.", "it calls builtins.eval; nothing of it was run"),
        (b"\x80\x02c__main__\nNet\n)\x81.", "it holds an object of “__main__.Net”, not weights alone"),
        (b"\x80\x02c__main__\nNet\n}b.", "it holds an object of “__main__.Net”"),
        (b"(ios\nsystem\n.", "it makes an object of “os.system”; nothing of it was run"),
        (b"\x80\x02}ccollections\nOrderedDict\n)R)R.", "it calls a dict; nothing of it was run"),
        (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", "a tensor's parts are not those that PyTorch writes"),
        (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nNR.", "a call's arguments are no short tuple"),
        (b"\x80\x02\x8c\x01xQ.", "what it refers to beside it is no storage"),
        (b"\x80\x02\x82\x01.", "byte 2 of its data.pkl: the instruction 0x82 is none that a state dict has"),
        (b"\x80\x02h\x01.", "it asks for what was never remembered"),
        (b"\x80\x02R.", "it takes more than there is"),
        (b"\x80\x02t.", "a mark is missing"),
        (b"\x80\x02\x8c\x09ab.", "it is cut off"),
        (b"\x80\x02}.", "it holds a dict without tensors"),
        (b"\x80\x02N.", "it holds None, where a state dict is expected"),
        (b"\x80\x02}\x8c\x05modelK\x01s.", "a dict without tensors (model)"),
        (b"", "byte 0 of its data.pkl: it is cut off"),
    ] {
        let said = said(pickle);
        assert!(said.contains(why), "{why}: {said}");
    }
}

#[test]
fn other_files_are_named() {
    for (bytes, why) in [
        (reference("refused_call"), "it calls posix.system; nothing of it was run"),
        (reference("refused_whole"), "“torch.nn.modules.container.Sequential”, not weights alone"),
        (reference("refused_whole"), "torch.save(model.state_dict(), \"weights.pt\")"),
        (reference("refused_old"), "before version 1.6"),
        (reference("refused_script"), "it is TorchScript"),
        (reference("refused_list"), "it holds a list, where a state dict is expected"),
        (reference("refused_integers"), "the tensor “weight” cannot be read: its type is int64"),
        (b"\x80\x04N.".to_vec(), "it is a pickle, and no file that torch.save has written"),
        (archive(&[("arr_0.npy", b"x")]), "it is a NumPy archive"),
        (archive(&[("a/b", b"x")]), "it has no data.pkl"),
        (archive(&[("a/data.pkl", b"x"), ("a/data.pkl", b"x")]), "its entry “a/data.pkl” is there twice"),
        (b"<!DOCTYPE html>".to_vec(), "it is no PyTorch file, or was cut off"),
        (vec![], "it is no PyTorch file, or was cut off"),
    ] {
        let said = read(&bytes).unwrap_err();
        assert!(said.contains(why), "{why}: {said}");
    }
    let long = vec![b'N'; (2 << 20) + 1];
    assert!(said(&long).contains("its data.pkl is longer than 2 MB"));
}

#[test]
fn every_way_of_saving_has_the_same_tensors() {
    let plain = read(&reference("pt_state")).unwrap();
    assert_eq!(plain.notices, Vec::<String>::new());
    assert_eq!(
        plain.tensors.iter().map(|tensor| tensor.name.as_str()).collect::<Vec<_>>(),
        [
            "0.weight",
            "0.bias",
            "1.weight",
            "1.bias",
            "1.running_mean",
            "1.running_var",
            "4.weight",
            "7.weight",
            "7.bias",
        ]
    );
    for (name, notice) in [
        ("shared", None),
        ("turned", None),
        ("parameters", None),
        ("protocol4", None),
        ("double", Some("64 bits")),
        ("checkpoint", Some("its “model_state_dict” is read")),
    ] {
        let found = read(&reference(&format!("pt_{name}"))).unwrap();
        assert_eq!(found.tensors, plain.tensors, "{name}");
        assert_eq!(found.notices.iter().any(|said| said.contains(notice.unwrap_or(""))), notice.is_some(), "{name}");
    }
    for name in ["float16", "bfloat16"] {
        let found = read(&reference(&format!("pt_{name}"))).unwrap();
        assert!(found.notices[0].contains("16 bits"));
        let near = |a: &Tensor, b: &Tensor| a.values.iter().zip(&b.values).all(|(a, b)| (a - b).abs() < 0.01);
        assert!(found.tensors.iter().zip(&plain.tensors).all(|(a, b)| a.shape == b.shape && near(a, b)), "{name}");
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let whole = reference("pt_state");
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "{length} of {}", whole.len());
    }
}

proptest! {
    #[test]
    fn no_changed_byte_does_harm(changes in proptest::collection::vec((0usize..8192, any::<u8>()), 1..8)) {
        let mut bytes = reference("pt_shared");
        let length = bytes.len();
        for (at, byte) in changes {
            bytes[at % length] = byte;
        }
        if let Ok(found) = read(&bytes) {
            for tensor in found.tensors {
                prop_assert_eq!(tensor.values.len(), tensor.shape.iter().product::<usize>());
            }
        }
    }

    #[test]
    fn no_pickle_does_harm(pickle in proptest::collection::vec(prop_oneof![
        Just(b'('), Just(b')'), Just(b't'), Just(b'}'), Just(b']'), Just(b's'), Just(b'u'), Just(b'e'), Just(b'R'), Just(b'b'),
        Just(b'Q'), Just(b'2'), Just(b'N'), Just(0x94), Just(b'h'), Just(0u8), Just(0x85), Just(0x93), Just(b'1'), any::<u8>(),
    ], 0..80)) {
        let pickle = [b"\x80\x02ccollections\nOrderedDict\n)R".as_slice(), &pickle, b"."].concat();
        prop_assert!(read(&archive(&[("data.pkl", &pickle)])).is_err());
    }
}
