//! A kernel and its launch.

use burn::backend::Wgpu;
use burn::tensor::Tensor;
use burn_cubecl::cubecl::prelude::{CubeCount, CubeDim, KernelId};
use burn_cubecl::cubecl::server::KernelArguments;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::template::{KernelSource, SourceKernel, SourceTemplate};
use burn_cubecl::tensor::CubeTensor;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

/// Invocations of a workgroup.
pub const WIDTH: usize = 64;
/// Workgroups that WebGPU allows along an axis.
pub const MOST_GROUPS: usize = 65_535;

/// Declares the buffers of a dispatch by their names, in order.
pub fn bindings<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let binding = |(at, name)| format!("@group(0) @binding({at}) var<storage, read_write> {name}: array<f32>;\n");
    names.into_iter().enumerate().map(binding).collect()
}

/// A kernel's WGSL, whose entry point is `main`; compiled once for each text.
#[derive(Clone, Debug)]
pub struct Kernel(Arc<str>);

impl Kernel {
    /// Of a body and the numbers that it uses as constants.
    pub fn new(body: &str, constants: &[(&str, usize)]) -> Kernel {
        let mut text: String =
            constants.iter().map(|(name, value)| format!("const {name}: u32 = {value}u;\n")).collect();
        text.push_str(body);
        Kernel(text.into())
    }

    /// Runs it with these tensors bound in order, of which the first lives on the device that is asked. `None` if there
    /// are more workgroups than WebGPU allows.
    pub fn launch(&self, tensors: &[&CubeTensor], groups: [usize; 2]) -> Option<()> {
        if groups.iter().any(|count| *count > MOST_GROUPS) {
            return None;
        }
        let mut arguments = KernelArguments::new();
        for tensor in tensors {
            let binding = tensor.handle.clone().binding();
            // WebGPU lets no two bindings of a dispatch be the same memory, if one may be written: and all may, since
            // it lets none be read that lies in one buffer with one that is written.
            let known = arguments.memory_ids().any(|id| id == binding.memory.id());
            arguments = arguments.with_buffer(if known { tensor.copy().handle.binding() } else { binding });
        }
        let kernel = SourceKernel::new(self.clone(), CubeDim::new_1d(WIDTH as u32));
        let count = CubeCount::Static(groups[0] as u32, groups[1] as u32, 1);
        tensors.first()?.client.launch(Box::new(kernel), count, arguments);
        Some(())
    }
}

impl KernelSource for Kernel {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(&*self.0)
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Kernel>().info(self.0.clone())
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// A tensor's buffer, its numbers row by row; `None` if it is not on a GPU, or tracked.
pub fn buffer<const D: usize>(x: &Tensor<D>) -> Option<CubeTensor> {
    x.clone().try_into_primitive::<Wgpu>().ok().map(into_contiguous)
}

/// Whether a tensor is on a GPU, and not tracked.
pub fn has(x: &Tensor<4>) -> bool {
    x.clone().try_into_primitive::<Wgpu>().is_ok()
}

/// A tensor of a buffer.
pub fn tensor<const D: usize>(buffer: CubeTensor) -> Tensor<D> {
    Tensor::from_primitive::<Wgpu>(buffer)
}

/// A buffer of this shape, to be written.
pub fn empty(like: &CubeTensor, shape: impl Into<burn::tensor::Shape>) -> CubeTensor {
    let shape = shape.into();
    let handle = like.client.empty(shape.num_elements() * size_of::<f32>());
    CubeTensor::new_contiguous(like.client.clone(), like.device.clone(), shape, handle, like.dtype)
}

thread_local! {
    /// Numbers that kernels have read, by their bits: an attack asks with the same radius at every step, and counts its
    /// queries as the one before did. Each upload would end a submit.
    static NUMBERS: RefCell<BTreeMap<u32, CubeTensor>> = const { RefCell::new(BTreeMap::new()) };
}

/// Most numbers that are kept.
const MOST_NUMBERS: usize = 1024;

/// A buffer with these numbers, on the device of `like`.
pub fn uploaded(values: &[f32], like: &CubeTensor) -> CubeTensor {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let handle = like.client.create_from_slice(&bytes);
    CubeTensor::new_contiguous(like.client.clone(), like.device.clone(), [values.len()].into(), handle, like.dtype)
}

/// A buffer with one number, kept for the next time.
pub fn number(value: f32, like: &CubeTensor) -> CubeTensor {
    NUMBERS.with_borrow_mut(|numbers| {
        if let Some(known) = numbers.get(&value.to_bits()).filter(|known| known.device == like.device) {
            return known.clone();
        }
        if numbers.len() == MOST_NUMBERS {
            numbers.clear();
        }
        let made = uploaded(&[value], like);
        numbers.insert(value.to_bits(), made.clone());
        made
    })
}

/// The buffer of a tensor on a GPU that may be written: its own where nobody else has it, else a copy.
pub fn own<const D: usize>(x: Tensor<D>) -> CubeTensor {
    let Ok(own) = x.try_into_primitive::<Wgpu>() else { unreachable!("what is written is where what is read is") };
    let own = into_contiguous(own);
    if own.handle.can_mut() { own } else { own.copy() }
}
