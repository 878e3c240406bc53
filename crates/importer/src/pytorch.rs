//! PyTorch's state dicts (`.pt`, `.pth`): a zip archive of a pickle and the numbers beside it.
//!
//! A pickle is a program. The machine here (`machine`) knows the few instructions and names that a state dict is written
//! with; any other one ends the reading, and its name is told. Nothing of the file is ever run.

mod archive;
mod machine;
mod opcode;
mod tensors;
mod thing;

use crate::Tensor;

/// A state dict.
#[derive(Clone, Debug, PartialEq)]
pub struct StateDict {
    /// Its tensors, in the order in which the model has them. Counters of batch norms are left out.
    pub tensors: Vec<Tensor>,
    /// What was taken otherwise than it stands in the file, one sentence each.
    pub notices: Vec<String>,
}

/// What makes the right file of one from before PyTorch 1.6.
const SAVE_AGAIN: &str = "torch.save(torch.load(\"old.pt\", weights_only=True), \"new.pt\")";

/// Reads the bytes of a state dict, or of a checkpoint that has one in it. The caller bounds the file's length.
///
/// # Errors
/// A clause that names what is wrong and where: the entry of the archive, the byte of the pickle, the tensor.
pub fn read(bytes: &[u8]) -> Result<StateDict, String> {
    if matches!(bytes, [0x80, 2..=5, ..]) && !matches!(bytes, [0x80, 2, 0x8a, ..]) {
        return Err("it is a pickle, and no file that torch.save has written; nothing of it was run".into());
    }
    if matches!(bytes, [0x80, 2, ..]) {
        return Err(format!(
            "it is in the format that PyTorch wrote before version 1.6, which is not read. In Python: import torch; {SAVE_AGAIN}"
        ));
    }
    let archive = archive::Archive::read(bytes)?;
    let pickle = archive.pickle()?;
    let mut machine = machine::Machine::default();
    let root = machine.run(pickle).map_err(|(at, why)| format!("byte {at} of its data.pkl: {why}"))?;
    tensors::read(&machine.things, root, &archive)
}

#[cfg(test)]
mod tests;
