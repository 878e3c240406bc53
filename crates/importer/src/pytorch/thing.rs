//! What a pickle builds: a few kinds of things, none of which can do anything.

use std::fmt;

/// A thing; lists, dicts, storages and tensors lie in [`Things`] under their numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Thing<'a> {
    /// `None`.
    None,
    /// A truth value.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// A real number.
    Real(f64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes,
    /// A tuple.
    Tuple(usize),
    /// A list.
    List(usize),
    /// A dict, ordered or not.
    Dict(usize),
    /// A name that is known here.
    Known(Known),
    /// Any other name: a class or a function, of which only the name is taken.
    Foreign(Name<'a>),
    /// Numbers in an entry of the archive.
    Storage(usize),
    /// A tensor.
    Tensor(usize),
}

/// The name of something in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The module.
    pub module: &'a str,
    /// What it is called there.
    pub name: &'a str,
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "{}", crate::bounds::brief(&format!("{}.{}", self.module, self.name)))
    }
}

/// The names that a state dict is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// `collections.OrderedDict`.
    OrderedDict,
    /// `torch._utils._rebuild_tensor` and its second version.
    RebuildTensor,
    /// `torch._utils._rebuild_parameter`.
    RebuildParameter,
    /// `torch.Size`.
    Size,
    /// A storage's class, by the type of its numbers.
    Storage(Type),
}

/// The type of a storage's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// 32-bit reals.
    Float,
    /// 64-bit reals.
    Double,
    /// 16-bit reals.
    Half,
    /// 16-bit reals with the range of 32-bit ones.
    BrainHalf,
    /// Whole numbers, bytes and truth values.
    Whole(&'static str),
    /// `torch.storage.UntypedStorage`, which is used only by types that are not read.
    Untyped,
}

/// Where numbers lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Storage<'a> {
    /// The entry's name below `data/`.
    pub key: &'a str,
    /// Their type.
    pub kind: Type,
    /// How many they are.
    pub count: usize,
}

/// A part of a storage as a tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Strided {
    /// Which storage.
    pub storage: usize,
    /// The first number's place.
    pub offset: usize,
    /// Its sizes.
    pub shape: Vec<usize>,
    /// How far apart neighbours along each axis are.
    pub strides: Vec<usize>,
}

/// All that was built.
#[derive(Debug, Default)]
pub struct Things<'a> {
    /// Tuples and lists.
    pub lists: Vec<Vec<Thing<'a>>>,
    /// Dicts, in their order.
    pub dicts: Vec<Vec<(Thing<'a>, Thing<'a>)>>,
    /// Storages.
    pub storages: Vec<Storage<'a>>,
    /// Tensors.
    pub tensors: Vec<Strided>,
}

impl<'a> Things<'a> {
    /// The items of a tuple or list.
    pub fn items(&self, thing: Thing<'a>) -> Option<&[Thing<'a>]> {
        match thing {
            Thing::Tuple(at) | Thing::List(at) => self.lists.get(at).map(Vec::as_slice),
            _ => None,
        }
    }

    /// The entries of a dict.
    pub fn entries(&self, thing: Thing<'a>) -> Option<&[(Thing<'a>, Thing<'a>)]> {
        match thing {
            Thing::Dict(at) => self.dicts.get(at).map(Vec::as_slice),
            _ => None,
        }
    }
}

impl<'a> Name<'a> {
    /// The thing that a name stands for.
    pub fn thing(self) -> Thing<'a> {
        let known = match (self.module, self.name) {
            ("collections", "OrderedDict") => Known::OrderedDict,
            ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => Known::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => Known::RebuildParameter,
            ("torch", "Size") => Known::Size,
            ("torch.storage", "UntypedStorage") => Known::Storage(Type::Untyped),
            ("torch", storage) => match storage {
                "FloatStorage" => Known::Storage(Type::Float),
                "DoubleStorage" => Known::Storage(Type::Double),
                "HalfStorage" => Known::Storage(Type::Half),
                "BFloat16Storage" => Known::Storage(Type::BrainHalf),
                "LongStorage" => Known::Storage(Type::Whole("int64")),
                "IntStorage" => Known::Storage(Type::Whole("int32")),
                "ShortStorage" => Known::Storage(Type::Whole("int16")),
                "CharStorage" => Known::Storage(Type::Whole("int8")),
                "ByteStorage" => Known::Storage(Type::Whole("uint8")),
                "BoolStorage" => Known::Storage(Type::Whole("bool")),
                _ => return Thing::Foreign(self),
            },
            _ => return Thing::Foreign(self),
        };
        Thing::Known(known)
    }
}

impl Thing<'_> {
    /// What a sentence calls it.
    pub fn told(&self) -> String {
        match self {
            Thing::None => "None".into(),
            Thing::Truth(_) => "a truth value".into(),
            Thing::Whole(_) | Thing::Real(_) => "a number".into(),
            Thing::Text(_) => "a text".into(),
            Thing::Bytes => "bytes".into(),
            Thing::Tuple(_) => "a tuple".into(),
            Thing::List(_) => "a list".into(),
            Thing::Dict(_) => "a dict".into(),
            Thing::Known(_) => "a name of PyTorch's".into(),
            Thing::Foreign(name) => format!("“{name}”"),
            Thing::Storage(_) => "a storage".into(),
            Thing::Tensor(_) => "a tensor".into(),
        }
    }
}
