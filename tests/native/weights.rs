//! Weights files: what is written is read again, and what is wrong is named.

use crate::toy::*;
use burn::tensor::Device;
use foolproof_core::protocol::FaultKind;
use foolproof_engine::weights::{self, Precision};
use proptest::prelude::*;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

fn refused(bytes: &[u8]) -> String {
    let fault = weights::load(&architecture(), bytes, &Device::flex()).expect_err("taken");
    assert_eq!(fault.kind, FaultKind::Model);
    fault.message
}

/// The good file with its tensors changed.
fn changed(change: impl Fn(&mut Vec<(String, Dtype, Vec<usize>, Vec<u8>)>)) -> Vec<u8> {
    let good = file(1);
    let good = SafeTensors::deserialize(&good).unwrap();
    let mut tensors: Vec<_> = good
        .iter()
        .map(|(name, view)| (name.to_string(), view.dtype(), view.shape().to_vec(), view.data().to_vec()))
        .collect();
    change(&mut tensors);
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, data)| (name.clone(), TensorView::new(*dtype, shape.clone(), data).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

#[test]
fn a_round_trip_gives_the_same_network() {
    let (network, x) = (network(1), images(&pixels(1, 3)));
    let again = weights::load(&architecture(), &file(1), &Device::flex()).unwrap();
    assert_eq!(values(network.forward(x.clone())), values(again.forward(x.clone())));
    let half = pollster::block_on(weights::save(&architecture(), &network, Precision::Half)).unwrap();
    let half = weights::load(&architecture(), &half, &Device::flex()).unwrap();
    for (exact, rounded) in values(network.forward(x.clone())).iter().zip(values(half.forward(x))) {
        assert!((exact - rounded).abs() < 5e-3);
    }
}

#[test]
fn what_is_wrong_is_named() {
    let at = |tensors: &[(String, Dtype, Vec<usize>, Vec<u8>)], name: &str| {
        tensors.iter().position(|t| t.0 == name).unwrap()
    };
    assert!(refused(&changed(|tensors| tensors.retain(|t| t.0 != "2.0.bias"))).contains("“2.0.bias” is missing"));
    assert!(refused(&changed(|tensors| tensors[0].0 = "spare".into())).contains("“spare”"));
    let message = refused(&changed(|tensors| {
        let index = at(tensors, "6.weight");
        tensors[index].2.reverse();
    }));
    assert!(message.contains("[16, 12] where [12, 16]"), "{message}");
    let message = refused(&changed(|tensors| {
        let index = at(tensors, "8.bias");
        tensors[index].3[4..8].copy_from_slice(&f32::NAN.to_le_bytes());
    }));
    assert!(message.contains("“8.bias” is not finite at position 1"), "{message}");
    let message = refused(&changed(|tensors| {
        let index = at(tensors, "8.bias");
        tensors[index].1 = Dtype::I32;
    }));
    assert!(message.contains("I32"), "{message}");
}

#[test]
fn a_header_that_lies_is_caught_before_memory_is_taken() {
    assert!(refused(&[]).contains("0 bytes"));
    assert!(refused(&u64::MAX.to_le_bytes()).contains("claims"));
    let mut long = file(1);
    long[..8].copy_from_slice(&(1u64 << 40).to_le_bytes());
    assert!(refused(&long).contains("claims"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_it_down(cut in 0usize..4000, at in 0usize..4000, byte in any::<u8>()) {
        let mut bytes = file(1);
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(bytes.len().saturating_sub(cut));
        // Whatever comes of it, it is an answer and not a panic.
        let _ = weights::load(&architecture(), &bytes, &Device::flex());
    }
}
