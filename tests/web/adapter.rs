//! GPUs that a browser may offer, acted by JavaScript objects in place of `navigator.gpu`.

use foolproof_browser::adapter;
use foolproof_core::protocol::FaultKind;
use wasm_bindgen_test::wasm_bindgen_test;

const LIMITS: &str = "maxStorageBuffersPerShaderStage: 8, maxStorageBufferBindingSize: 134217728,
    maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupsPerDimension: 65535";

/// Probes a browser whose `requestAdapter` does this.
async fn probe(request: &str) -> Result<String, String> {
    let gpu = format!(
        "Object.defineProperty(navigator, 'gpu', {{ configurable: true, value: {{ requestAdapter: async (wish) => {{ {request} }} }} }})"
    );
    js_sys::eval(&gpu).unwrap();
    let answer = adapter::probe().await;
    js_sys::eval("delete navigator.gpu").unwrap();
    answer.map(|adapter| adapter.name).map_err(|fault| {
        assert_eq!(fault.kind, FaultKind::Gpu);
        assert!(fault.message.starts_with("The GPU engine cannot run: ") && fault.message.ends_with('.'));
        fault.message
    })
}

fn offering(info: &str, features: &str, more: &str) -> String {
    format!("return {{ info: {{ {info} }}, features: new Set([{features}]), limits: {{ {LIMITS}, {more} }} }}")
}

#[wasm_bindgen_test]
async fn a_gpu_with_everything_is_taken_by_its_name() {
    let radeon = offering("vendor: 'amd', architecture: 'rdna-3', description: ''", "'timestamp-query'", "");
    assert_eq!(probe(&radeon).await, Ok("amd rdna-3".into()));
    let described = offering("vendor: 'apple', description: 'Apple M2'", "'timestamp-query'", "");
    assert_eq!(probe(&described).await, Ok("Apple M2".into()));
    assert_eq!(probe(&offering("", "'timestamp-query'", "")).await, Ok("an unnamed GPU".into()));
}

#[wasm_bindgen_test]
async fn a_software_renderer_is_called_one() {
    let swift = offering("description: 'SwiftShader', isFallbackAdapter: true", "'timestamp-query'", "");
    assert_eq!(probe(&swift).await, Ok("SwiftShader (software, no GPU)".into()));
}

#[wasm_bindgen_test]
async fn a_browser_without_an_adapter_is_told_from_one_that_fails() {
    assert!(probe("return null").await.unwrap_err().contains("has WebGPU but offers no GPU"));
    assert!(
        probe("throw new Error('blocked')").await.unwrap_err().contains("asking for a GPU failed (Error: blocked)")
    );
}

#[wasm_bindgen_test]
async fn a_gpu_that_lacks_something_is_named_with_what_it_lacks() {
    let without = offering("description: 'Old'", "", "");
    assert!(probe(&without).await.unwrap_err().contains("Old lacks the feature timestamp-query"));
    let small = offering("description: 'Old'", "'timestamp-query'", "maxComputeInvocationsPerWorkgroup: 128");
    assert!(probe(&small).await.unwrap_err().contains("allows 128 invocations a workgroup, and the engine needs 256"));
}
