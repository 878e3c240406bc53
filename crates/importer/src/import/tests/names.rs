//! Layers that have other names in the file.

use super::*;

/// A network with two hidden layers of one shape, and the file that PyTorch writes of it under other names.
fn deep(names: [&str; 4]) -> (String, Vec<u8>, Vec<f32>) {
    let linear = |to| LayerSpec::linear(4, to);
    let layers = vec![LayerSpec::Flatten, linear(4), LayerSpec::Dropout, linear(4), linear(3), LayerSpec::Softmax];
    let architecture = Architecture::new([1, 2, 2], 3, layers);
    let values: Vec<f32> = (0..55).map(|at| at as f32).collect();
    let file = weights::write(&architecture, &values, Precision::Full).unwrap();
    let file = SafeTensors::deserialize(&file).unwrap();
    let [prefix, first, second, last] = names;
    let called = |name: String| {
        let (layer, what) = name.split_once('.').unwrap();
        format!(
            "{prefix}{}.{what}",
            match layer {
                "1" => first,
                "3" => second,
                _ => last,
            }
        )
    };
    let views: Vec<_> = file.tensors().into_iter().map(|(name, view)| (called(name), view)).collect();
    let bytes = safetensors::serialize(views, None).unwrap();
    (serde_json::to_string(&architecture).unwrap(), bytes, values)
}

#[test]
fn wrappers_prefixes_are_dropped_and_other_names_matched() {
    // What is asked back is confirmed.
    let taken = |names| {
        let (layers, file, values) = deep(names);
        let mut request = request("x.safetensors", &file, Some(("x.json", &layers)));
        if let ImportAnswer::Matched(pairs) = import(&request) {
            request.names = pairs;
        }
        let found = answer(&request).unwrap();
        assert_eq!(weights::read(&found.architecture, &found.weights).unwrap(), values, "{names:?}");
        found.notices
    };
    assert_eq!(taken(["", "1", "3", "4"]).len(), 2, "dropout and softmax are left out");
    let said = taken(["module._orig_mod.", "1", "3", "4"]);
    assert!(said[0].starts_with("“module.”") && said[1].starts_with("“_orig_mod.”"), "{said:?}");
    let said = taken(["model.", "fc2", "fc10", "last"]);
    assert!(said[1].contains("fc2 → 1, fc10 → 3, last → 4"), "{said:?}");
    // The only one of its shape is found whatever it is called.
    assert!(taken(["", "b", "c", "a"])[0].contains("b → 1, c → 3, a → 4"));
    // Two of one shape in another order than their names': the visitor knows better, and is believed.
    let (layers, file, values) = deep(["", "second", "first", "last"]);
    let mut asked = request("x.safetensors", &file, Some(("x.json", &layers)));
    let ImportAnswer::Matched(pairs) = import(&asked) else { panic!() };
    assert_eq!(pairs[0], ("first".into(), "1".into()));
    asked.names = [("second", "1"), ("first", "3"), ("last", "4")].map(|(a, b)| (a.into(), b.into())).into();
    let found = answer(&asked).unwrap();
    assert_eq!(weights::read(&found.architecture, &found.weights).unwrap(), values);
    let (layers, file, _) = deep(["", "1", "3", "5"]);
    let other = layers.replace(r#""out":3"#, r#""out":5"#).replace(r#""classes":3"#, r#""classes":5"#);
    assert!(refused(&file, Some(&other)).contains("to 5 classes"));
}

#[test]
fn the_names_of_guessed_layers_travel_with_their_list() {
    let (_, file, values) = deep(["model.", "fc1", "fc2", "fc3"]);
    let mut asked = request("x.safetensors", &file, None);
    let ImportAnswer::Guessed { architecture, names, .. } = import(&asked) else { panic!() };
    asked.layers = Some(("x.json".into(), serde_json::to_string(&architecture).unwrap()));
    asked.names = names;
    let found = answer(&asked).unwrap();
    assert_eq!(weights::read(&found.architecture, &found.weights).unwrap(), values);
    assert!(found.notices[0].contains("model.fc1 → 1"), "{:?}", found.notices);
}
