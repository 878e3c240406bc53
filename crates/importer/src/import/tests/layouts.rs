//! Files whose headers lie about where tensors are (F17).

use super::*;

/// A file of these header entries over so many bytes of zeros.
fn laid_out(entries: &str, bytes: usize) -> Vec<u8> {
    let header = format!("{{{entries}}}");
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(vec![0; bytes]);
    file
}

#[test]
fn a_lying_layout_is_told_with_its_tensor() {
    let layers = serde_json::to_string(&tiny()).unwrap();
    let entry = |name: &str, shape: &str, from: usize, to: usize| {
        format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[{from},{to}]}}"#)
    };
    let (weight, bias) = (entry("1.weight", "[3,4]", 0, 48), entry("1.bias", "[3]", 48, 60));
    let whole = laid_out(&format!("{weight},{bias}"), 60);
    assert!(read(("x.safetensors", &whole), Some(("x.json", &layers))).is_ok());
    for (entries, bytes, said) in [
        (format!("{weight},{weight},{bias}"), 60, "“1.weight” stands in its header twice"),
        (
            format!("{weight},{}", entry("1.bias", "[3]", 52, 64)),
            64,
            "there are 4 bytes before “1.bias” that no tensor has",
        ),
        (format!("{weight},{}", entry("1.bias", "[3]", 44, 56)), 56, "“1.weight” and “1.bias” share bytes"),
        (format!("{weight},{bias}"), 61, "there are 1 bytes behind “1.bias” that no tensor has"),
        (format!("{weight},{bias}"), 50, "it was cut off: “1.bias” ends 10 bytes behind its end"),
        (
            format!("{weight},{}", entry("1.bias", "[4]", 48, 60)),
            60,
            "“1.bias” has other bytes than its shape and type ask for",
        ),
        (format!("{weight},{}", entry("1.bias", "[3]", 60, 48)), 60, "“1.bias” has other bytes"),
        (format!("{weight},{}", entry("1.bias", "[18446744073709551615,9]", 48, 60)), 60, "“1.bias” has other bytes"),
        (format!(r#"{weight},{bias},"__metadata__":{{"epoch":3}}"#), 60, "“epoch” in its metadata is no text"),
        (format!(r#"{weight},{bias},"__metadata__":[1]"#), 60, "its metadata is no list of texts"),
        (
            format!(r#"{weight},"1.bias":{{"dtype":"F31","shape":[3],"data_offsets":[48,60]}}"#),
            60,
            "says of “1.bias” is wrong",
        ),
        (format!("{weight},,"), 60, "its header is no JSON"),
    ] {
        let found = refused(&laid_out(&entries, bytes), Some(&layers));
        assert!(found.starts_with("x.safetensors cannot be used: ") && found.contains(said), "{said}: {found}");
    }
}
