use super::*;
use foolproof_core::architecture::LayerSpec;

#[test]
fn look() {
    for entry in std::fs::read_dir("../../tests/reference/importer").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        if name.ends_with(".onnx") {
            let json = std::fs::read_to_string(path.with_extension("json")).unwrap();
            let at = json.find("\"input\": [").unwrap() + 10;
            let end = json[at..].find(']').unwrap();
            let input: Vec<usize> = json[at..at + end].split(", ").map(|x| x.parse().unwrap()).collect();
            let classes = json[json.find("\"classes\": ").unwrap() + 11..].chars().next().unwrap().to_digit(10).unwrap() as usize;
            let found = read(&bytes, &Expectation { input: input.try_into().unwrap(), classes });
            let told = match found { Ok(n) => format!("{:?}", n.architecture.layers), Err(e) => format!("REFUSED {e}") }; if name.contains("padded") || name.contains("unfl") || told.contains("REF") { println!("{name} {told}"); }
        } else if name.ends_with(".pt") {
            match crate::pytorch::read(&bytes) { Ok(s) => println!("{name}: {:?} {:?}", s.tensors.iter().map(|t| (&t.name, &t.shape)).collect::<Vec<_>>(), s.notices), Err(e) => println!("{name}: REFUSED {e}") }
        }
    }
}
