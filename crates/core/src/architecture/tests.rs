//! Sizes that fit and sizes that do not, names, and layers as files and messages have them.

use super::*;
use LayerSpec::*;

fn cnn() -> Architecture {
    let layers = vec![
        LayerSpec::conv2d(1, 16, 4, 2, 1),
        Relu,
        LayerSpec::conv2d(16, 32, 4, 2, 1),
        Relu,
        Flatten,
        LayerSpec::linear(1568, 100),
        Relu,
        LayerSpec::linear(100, 10),
    ];
    Architecture::new([1, 28, 28], 10, layers)
}

#[test]
fn the_usual_network_fits_every_shape_and_is_the_digits_own() {
    assert_eq!(Architecture::usual([1, 28, 28], 10), cnn());
    for channels in [1, 3] {
        for (rows, columns) in [(1, 1), (1, 64), (7, 7), (8, 8), (8, 9), (9, 15), (28, 28), (33, 64), (64, 64)] {
            for classes in [2, 100] {
                let usual = Architecture::usual([channels, rows, columns], classes);
                let parameters = usual.parameters();
                assert!(parameters.is_ok(), "{channels} x {rows} x {columns}: {parameters:?}");
                let has_convolution = matches!(usual.layers[0], Conv2d(_));
                assert_eq!(has_convolution, rows >= 8 && columns >= 8);
            }
        }
    }
}

#[test]
fn names_and_shapes_are_pytorchs() {
    let parameters = cnn().parameters().unwrap();
    let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["0.weight", "0.bias", "2.weight", "2.bias", "5.weight", "5.bias", "7.weight", "7.bias"]);
    assert_eq!(parameters[2].shape, [32, 16, 4, 4]);
    let count: usize = parameters.iter().map(|p| p.shape.iter().product::<usize>()).sum();
    assert_eq!(count, 166_406);
}

#[test]
fn a_misfit_names_its_layer() {
    let mut broken = cnn();
    broken.layers[5] = LayerSpec::linear(1569, 100);
    assert!(broken.parameters().unwrap_err().message.contains("layer 5"));
    broken.layers[5] = LayerSpec::linear(1568, usize::MAX);
    assert!(broken.parameters().unwrap_err().message.contains("too large"));
    broken.layers[2] = LayerSpec::conv2d(16, 32, 4, 0, 1);
    assert!(broken.parameters().unwrap_err().message.contains("stride 0"));
    broken.classes = 11;
    broken.layers = cnn().layers;
    assert!(broken.parameters().unwrap_err().message.contains("last layer"));
}

#[test]
fn nested_blocks_are_named_and_bounded() {
    let mut nested = Residual(vec![LayerSpec::linear(4, 4)]);
    let deep = |inner: LayerSpec| Architecture::new([1, 2, 2], 4, vec![Flatten, inner]);
    assert_eq!(deep(nested.clone()).parameters().unwrap()[0].name, "1.0.weight");
    for _ in 0..8 {
        nested = Residual(vec![nested]);
    }
    assert!(deep(nested).parameters().unwrap_err().message.contains("too deep"));
}

/// A network of one layer and what makes logits of it.
fn of(input: [usize; 3], layer: LayerSpec) -> Architecture {
    Architecture::new(input, 2, vec![layer, AdaptiveAvgPool2d { out: Pair::one() }, Flatten])
}

fn refused(input: [usize; 3], layer: LayerSpec) -> String {
    of(input, layer).parameters().unwrap_err().message
}

#[test]
fn convolutions_know_their_sizes() {
    let size = Conv2dSpec {
        kernel: Pair(3, 1),
        stride: Pair(2, 1),
        padding: Padding::Sides([1, 0, 2, 0]),
        dilation: Pair(2, 1),
        groups: 2,
        bias: false,
        ..Conv2dSpec::new(4, 2, 3)
    };
    let parameters = of([4, 7, 5], Conv2d(size.clone())).parameters().unwrap();
    let [weight] = &parameters[..] else { panic!("a bias where there is none") };
    assert_eq!((weight.shape.clone(), weight.role), (vec![2, 2, 3, 1], Role::Weight { fan_in: 6 }));
    assert_eq!(size.sides(), [1, 0, 2, 0]);
    let same =
        Conv2dSpec { kernel: Pair(4, 3), padding: Padding::Same, dilation: Pair(1, 2), ..Conv2dSpec::new(4, 2, 3) };
    assert_eq!(same.sides(), [1, 2, 2, 2]);
    let kept = Architecture::new([4, 7, 5], 70, vec![Conv2d(same.clone()), Flatten]);
    assert!(kept.parameters().is_ok());
    let said = |layer| refused([4, 7, 5], Conv2d(layer));
    assert!(said(Conv2dSpec { groups: 3, ..size.clone() }).contains("cannot be cut into 3 groups"));
    assert!(said(Conv2dSpec { stride: Pair(2, 2), ..same }).contains("stride of 1"));
    assert!(said(Conv2dSpec { dilation: Pair(usize::MAX, 2), ..size.clone() }).contains("do not fit 7 x 5 pixels"));
    assert!(said(Conv2dSpec { dilation: Pair(0, 1), ..size.clone() }).contains("do not fit"));
    assert!(said(Conv2dSpec { padding: Padding::all(usize::MAX), ..size }).contains("do not fit"));
}

#[test]
fn other_layers_say_what_does_not_fit() {
    let norm = |features, eps| BatchNormSpec { features, eps };
    let picture = [2, 3, 5];
    let found = of(picture, BatchNorm2d(norm(2, 0.1))).parameters().unwrap();
    assert_eq!([&found[0].name, &found[1].name], ["0.weight", "0.bias"]);
    assert_eq!([found[0].role, found[1].role], [Role::Scale { eps: 0.1 }, Role::Shift]);
    for (layer, why) in [
        (BatchNorm2d(norm(3, 0.1)), "takes 3 features"),
        (BatchNorm2d(norm(2, -1.0)), "cannot be added to a variance"),
        (BatchNorm1d(norm(2, 0.1)), "works on features"),
        (Normalise { mean: vec![0.0], std: vec![1.0] }, "needs 2 means"),
        (Normalise { mean: vec![0.0; 2], std: vec![1.0, 0.0] }, "deviations that are not 0"),
        (LeakyRelu { slope: f32::NAN }, "slope is NaN"),
        (AdaptiveAvgPool2d { out: Pair(4, 1) }, "cannot be made of 3 x 5"),
        (MaxPool2d(PoolSpec { kernel: Pair(2, 2), stride: Pair(1, 1), padding: Pair(2, 0) }), "do not fit"),
        (Softmax, "can only be the last layer"),
        (Residual(vec![Softmax]), "can only be the last layer"),
        (
            ProjectedResidual { inner: vec![], shortcut: vec![LayerSpec::conv2d(2, 3, 1, 1, 0)] },
            "its shortcut [3, 3, 5]",
        ),
    ] {
        let said = refused(picture, layer);
        assert!(said.contains(why) && said.contains("layer 0"), "{said}");
    }
}

#[test]
fn json_names_only_what_has_no_default() {
    let text = r#"{"conv2d":{"in":1,"out":16,"kernel":4,"stride":2,"padding":1}}"#;
    let layer: LayerSpec = serde_json::from_str(text).unwrap();
    assert_eq!(layer, LayerSpec::conv2d(1, 16, 4, 2, 1));
    assert_eq!(serde_json::to_string(&layer).unwrap(), text);
    for (text, layer) in [
        (r#"{"conv2d":{"in":1,"out":2,"kernel":3}}"#, Conv2d(Conv2dSpec::new(1, 2, 3))),
        (r#"{"linear":{"in":1,"out":2}}"#, LayerSpec::linear(1, 2)),
        (r#"{"max_pool2d":{"kernel":2}}"#, LayerSpec::max_pool2d(2, 2)),
        (r#"{"leaky_relu":{}}"#, LeakyRelu { slope: 0.01 }),
        (r#"{"adaptive_avg_pool2d":{"out":1}}"#, AdaptiveAvgPool2d { out: Pair::one() }),
        (r#""relu6""#, Relu6),
    ] {
        assert_eq!(serde_json::from_str::<LayerSpec>(text).unwrap(), layer, "{text}");
    }
    let wrong = |text: &str| serde_json::from_str::<LayerSpec>(text).unwrap_err().to_string();
    assert!(wrong(r#"{"conv2d":{"in":1,"out":2,"kernel":3,"strides":2}}"#).contains("strides"));
    assert!(wrong(r#"{"conv2d":{"in":1,"out":2,"kernel":3,"padding":"some"}}"#).contains("or “same”"));
    assert!(wrong(r#"{"conv2d":{"in":1,"out":2,"kernel":[1,2,3]}}"#).contains("a list of two"));
}

#[test]
fn every_layer_is_written_and_read_alike_in_files_and_messages() {
    let size = Conv2dSpec { padding: Padding::Sides([0, 1, 2, 3]), groups: 2, bias: false, ..Conv2dSpec::new(2, 4, 3) };
    let layers = vec![
        Normalise { mean: vec![0.5; 2], std: vec![0.25; 2] },
        Conv2d(Conv2dSpec { padding: Padding::Same, stride: Pair(1, 1), dilation: Pair(1, 2), ..size.clone() }),
        Conv2d(size),
        BatchNorm2d(BatchNormSpec { features: 4, eps: 1e-3 }),
        ProjectedResidual { inner: vec![Relu6, Tanh], shortcut: vec![Sigmoid, Gelu, Silu] },
        Residual(vec![LeakyRelu { slope: 0.2 }, Dropout]),
        MaxPool2d(PoolSpec { kernel: Pair(2, 1), stride: Pair(1, 2), padding: Pair(1, 0) }),
        AdaptiveAvgPool2d { out: Pair(2, 1) },
        LayerSpec::avg_pool2d(2, 1),
        Linear(LinearSpec { r#in: 3, out: 2, bias: false }),
        Softmax,
    ];
    for layer in layers {
        let text = serde_json::to_string(&layer).unwrap();
        assert_eq!(serde_json::from_str::<LayerSpec>(&text).unwrap(), layer, "{text}");
        let bytes = postcard::to_allocvec(&layer).unwrap();
        assert_eq!(postcard::from_bytes::<LayerSpec>(&bytes).unwrap(), layer, "{text}");
    }
}
