//! Whether this browser has a GPU that the engine can run on. Asked twice: by the page, before it downloads the GPU
//! engine for nothing, and by the worker, where a browser may offer less.

use crate::thrown::thrown;
use foolproof_core::protocol::{Fault, FaultKind};
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type Gpu;
    #[wasm_bindgen(method, catch, js_name = requestAdapter)]
    fn request_adapter(this: &Gpu, options: &Object) -> Result<Promise, JsValue>;

    type GpuAdapter;
    #[wasm_bindgen(method, getter)]
    fn features(this: &GpuAdapter) -> js_sys::Set;
}

/// The runtime's least: WebGPU's core limits. Name in WebGPU, least value, name for people.
const LIMITS: [(&str, f64, &str); 4] = [
    ("maxStorageBuffersPerShaderStage", 8.0, "storage buffers a shader stage"),
    ("maxStorageBufferBindingSize", 134_217_728.0, "bytes a buffer binding"),
    ("maxComputeInvocationsPerWorkgroup", 256.0, "invocations a workgroup"),
    ("maxComputeWorkgroupsPerDimension", 65_535.0, "workgroups a dimension"),
];

/// A GPU that will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// Its name for people; says so where it is no hardware.
    pub name: String,
    /// Whether it is no hardware.
    pub software: bool,
}

/// Looks for a GPU, in a page or in a worker.
///
/// # Errors
/// A `Gpu` fault with the one sentence for the visitor.
pub async fn probe() -> Result<Adapter, Fault> {
    let global = js_sys::global();
    if get(&global, "isSecureContext").is_falsy() {
        return Err(unfit("WebGPU is only there on pages served over https or from this machine"));
    }
    let gpu = get(&get(&global, "navigator"), "gpu");
    if gpu.is_falsy() {
        return Err(unfit("this browser has no WebGPU here"));
    }
    let options = Object::new();
    // What the runtime asks for; a browser may answer differently to another wish.
    let wish = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let answer = match wish.and_then(|_| gpu.unchecked_ref::<Gpu>().request_adapter(&options)) {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    let adapter = answer.map_err(|error| unfit(&format!("asking for a GPU failed ({})", thrown(&error))))?;
    if adapter.is_falsy() {
        return Err(unfit("this browser has WebGPU but offers no GPU for it"));
    }
    judge(adapter.unchecked_ref())
}

fn judge(adapter: &GpuAdapter) -> Result<Adapter, Fault> {
    let info = get(adapter, "info");
    let software = get(&info, "isFallbackAdapter").is_truthy() || get(adapter, "isFallbackAdapter").is_truthy();
    let name = name(&info, software);
    if !adapter.features().has(&"timestamp-query".into()) {
        return Err(unfit(&format!("{name} lacks the feature timestamp-query, without which the runtime stops")));
    }
    let limits = get(adapter, "limits");
    for (key, least, what) in LIMITS {
        let offered = get(&limits, key).as_f64().unwrap_or(0.0);
        if offered < least {
            return Err(unfit(&format!("{name} allows {offered} {what}, and the engine needs {least}")));
        }
    }
    Ok(Adapter { name, software })
}

/// The name the browser gives, which may be as little as the maker's.
fn name(info: &JsValue, software: bool) -> String {
    let text = |key| get(info, key).as_string().filter(|text| !text.is_empty());
    let maker = [text("vendor"), text("architecture")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = text("description").unwrap_or(maker);
    match (name.is_empty(), software) {
        (false, false) => name,
        (true, false) => "an unnamed GPU".to_string(),
        (false, true) => format!("{name} (software, no GPU)"),
        (true, true) => "a software renderer".to_string(),
    }
}

fn unfit(why: &str) -> Fault {
    Fault::new(FaultKind::Gpu, format!("The GPU engine cannot run: {why}."))
}

/// A property, or `undefined`.
fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}
