//! What is needed of ONNX's messages (onnx.proto, <https://github.com/onnx/onnx>), with their field numbers.

use super::array::TensorMessage;
use super::wire::{Field, Fields, floats, wholes};
use crate::bounds::brief;

/// Most nodes of a graph, and most of anything else in it.
pub const MOST_NODES: usize = 4096;
/// Most inputs and outputs of one node, and most attributes.
const MOST_PORTS: usize = 64;
/// Most numbers of an attribute.
const MOST_IN_ATTRIBUTE: usize = 1 << 16;

/// Reads a repeated field into a list with at most so many numbers.
type ReadList<N> = fn(Field, usize, &mut Vec<N>) -> Result<(), String>;

/// A file.
#[derive(Debug, Default)]
pub struct Model<'a> {
    /// The version of ONNX's own operators.
    pub opset: i64,
    /// The network.
    pub graph: Graph<'a>,
}

/// A network.
#[derive(Debug, Default)]
pub struct Graph<'a> {
    /// What is computed, in order.
    pub nodes: Vec<Node<'a>>,
    /// The weights.
    pub tensors: Vec<TensorMessage<'a>>,
    /// What goes in; older files name the weights here too.
    pub inputs: Vec<Port<'a>>,
    /// What comes out.
    pub outputs: Vec<Port<'a>>,
}

/// An input or output of a graph.
#[derive(Debug, Default)]
pub struct Port<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its sizes, `None` where they are free.
    pub dims: Vec<Option<usize>>,
}

/// One operation.
#[derive(Debug, Default)]
pub struct Node<'a> {
    /// Its name, often empty.
    pub name: &'a str,
    /// What it does.
    pub op: &'a str,
    /// Whose operator it is; empty: ONNX's own.
    pub domain: &'a str,
    /// The names of what goes in; empty where an optional one is left out.
    pub inputs: Vec<&'a str>,
    /// The names of what comes out.
    pub outputs: Vec<&'a str>,
    attributes: Vec<Attribute<'a>>,
}

#[derive(Debug, Default)]
struct Attribute<'a> {
    name: &'a str,
    float: Option<f32>,
    whole: Option<i64>,
    text: Option<&'a str>,
    tensor: Option<TensorMessage<'a>>,
    /// All of it: lists are read when somebody asks for them.
    message: &'a [u8],
}

/// Reads a file's bytes.
///
/// # Errors
/// A clause that says what is wrong, and in which part of the file.
pub fn read(bytes: &[u8]) -> Result<Model<'_>, String> {
    let mut model = Model::default();
    let mut found = false;
    for field in Fields::new(bytes) {
        match field? {
            (7, graph) => (model.graph, found) = (read_graph(graph.bytes()?)?, true),
            (8, import) => read_opset(import.bytes()?, &mut model.opset)?,
            _ => {}
        }
    }
    if found { Ok(model) } else { Err("it has no graph".into()) }
}

fn read_opset(message: &[u8], opset: &mut i64) -> Result<(), String> {
    let (mut domain, mut version) = ("", 0);
    for field in Fields::new(message) {
        match field? {
            (1, name) => domain = name.text()?,
            (2, number) => version = number.whole()?,
            _ => {}
        }
    }
    if ["", "ai.onnx"].contains(&domain) {
        *opset = version;
    }
    Ok(())
}

fn read_graph(message: &[u8]) -> Result<Graph<'_>, String> {
    let mut graph = Graph::default();
    for field in Fields::new(message) {
        let (number, field) = field?;
        match number {
            1 => {
                bounded(graph.nodes.len(), "nodes")?;
                let at = graph.nodes.len();
                graph.nodes.push(read_node(field.bytes()?).map_err(|why| format!("node {at}: {why}"))?);
            }
            5 => {
                bounded(graph.tensors.len(), "tensors")?;
                let at = graph.tensors.len();
                graph.tensors.push(TensorMessage::read(field.bytes()?).map_err(|why| format!("tensor {at}: {why}"))?);
            }
            11 => {
                bounded(graph.inputs.len(), "inputs")?;
                graph.inputs.push(read_port(field.bytes()?).map_err(|why| format!("an input of the graph: {why}"))?);
            }
            12 => {
                bounded(graph.outputs.len(), "outputs")?;
                graph.outputs.push(read_port(field.bytes()?).map_err(|why| format!("an output of the graph: {why}"))?);
            }
            15 => return Err("it has sparse tensors, which are not read".into()),
            _ => {}
        }
    }
    Ok(graph)
}

fn bounded(have: usize, what: &str) -> Result<(), String> {
    if have < MOST_NODES { Ok(()) } else { Err(format!("it has more than {MOST_NODES} {what}")) }
}

fn read_port(message: &[u8]) -> Result<Port<'_>, String> {
    let mut port = Port::default();
    for field in Fields::new(message) {
        match field? {
            (1, name) => port.name = name.text()?,
            // type, its tensor_type, its shape.
            (2, kind) => {
                for kind in inner(kind, 1)? {
                    for shape in inner(kind, 2)? {
                        for dim in inner(shape, 1)? {
                            port.dims.push(read_dim(dim)?);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(port)
}

/// The parts of a message that have this number; a shape has few.
fn inner(message: Field<'_>, wanted: u32) -> Result<Vec<Field<'_>>, String> {
    let mut found = Vec::new();
    for field in Fields::new(message.bytes()?) {
        let (number, field) = field?;
        if number == wanted {
            if found.len() >= MOST_PORTS {
                return Err("its shape has too many parts".into());
            }
            found.push(field);
        }
    }
    Ok(found)
}

fn read_dim(message: Field) -> Result<Option<usize>, String> {
    let mut size = None;
    for field in Fields::new(message.bytes()?) {
        if let (1, value) = field? {
            // Some exporters write 0 or -1 for a free size.
            size = usize::try_from(value.whole()?).ok().filter(|&size| size > 0);
        }
    }
    Ok(size)
}

fn read_node(message: &[u8]) -> Result<Node<'_>, String> {
    let mut node = Node::default();
    for field in Fields::new(message) {
        let (number, field) = field?;
        if [node.inputs.len(), node.outputs.len(), node.attributes.len()].iter().any(|&have| have >= MOST_PORTS) {
            return Err(format!("it has more than {MOST_PORTS} inputs, outputs or attributes"));
        }
        match number {
            1 => node.inputs.push(field.text()?),
            2 => node.outputs.push(field.text()?),
            3 => node.name = field.text()?,
            4 => node.op = field.text()?,
            5 => node.attributes.push(read_attribute(field.bytes()?)?),
            7 => node.domain = field.text()?,
            _ => {}
        }
    }
    Ok(node)
}

fn read_attribute(message: &[u8]) -> Result<Attribute<'_>, String> {
    let mut attribute = Attribute { message, ..Attribute::default() };
    for field in Fields::new(message) {
        match field? {
            (1, name) => attribute.name = name.text()?,
            (2, Field::Four(bits)) => attribute.float = Some(f32::from_bits(bits)),
            (3, whole) => attribute.whole = Some(whole.whole()?),
            (4, text) => attribute.text = std::str::from_utf8(text.bytes()?).ok(),
            (5, tensor) => attribute.tensor = Some(TensorMessage::read(tensor.bytes()?)?),
            _ => {}
        }
    }
    Ok(attribute)
}

impl<'a> Node<'a> {
    fn attribute(&self, name: &str) -> Option<&Attribute<'a>> {
        self.attributes.iter().find(|one| one.name == name)
    }

    /// A whole number among its attributes.
    pub fn whole(&self, name: &str) -> Option<i64> {
        self.attribute(name).and_then(|one| one.whole)
    }

    /// A real number among its attributes.
    pub fn float(&self, name: &str) -> Option<f32> {
        self.attribute(name).and_then(|one| one.float)
    }

    /// A text among its attributes.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.attribute(name).and_then(|one| one.text)
    }

    /// A tensor among its attributes.
    pub fn tensor(&self, name: &str) -> Option<&TensorMessage<'a>> {
        self.attribute(name).and_then(|one| one.tensor.as_ref())
    }

    /// A list of whole numbers among its attributes.
    ///
    /// # Errors
    /// A clause, if it is none or too long.
    pub fn wholes(&self, name: &str) -> Result<Option<Vec<i64>>, String> {
        self.list(name, 8, wholes)
    }

    /// A list of real numbers among its attributes.
    ///
    /// # Errors
    /// A clause, if it is none or too long.
    pub fn floats(&self, name: &str) -> Result<Option<Vec<f32>>, String> {
        self.list(name, 7, floats)
    }

    fn list<N>(&self, name: &str, number: u32, read: ReadList<N>) -> Result<Option<Vec<N>>, String> {
        let Some(attribute) = self.attribute(name) else { return Ok(None) };
        let mut list = Vec::new();
        for field in Fields::new(attribute.message) {
            match field? {
                (found, field) if found == number => read(field, MOST_IN_ATTRIBUTE, &mut list)?,
                _ => {}
            }
        }
        Ok(Some(list))
    }

    /// What a sentence calls it.
    pub fn told(&self, at: usize) -> String {
        match self.name {
            "" => format!("node {at}, {}", brief(self.op)),
            name => format!("node {at}, {} “{}”", brief(self.op), brief(name)),
        }
    }
}
