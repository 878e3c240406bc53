//! The walk through a graph, node by node: each name gets its value.

use super::array::{Array, Numbers, Width};
use super::message::{Graph, Node, Port};
use super::steps::Steps;
use super::value::{Size, Sizes, Value, View};
use super::{arithmetic, convolution, endings, linear, pointwise, pooling, shapes};
use crate::Expectation;
use crate::bounds::brief;
use std::collections::HashMap;
use std::rc::Rc;

/// Most numbers of a list that shapes are computed with.
const MOST_SIZES: usize = 64;

/// Most nodes that cannot be read, before the rest is not tried any more.
const MOST_REFUSED: usize = 64;

/// What is known so far.
pub struct Walk<'a> {
    names: HashMap<&'a str, Value>,
    /// Names that cannot be read, and why. They matter only if an output needs them: labels are often made in ways of
    /// their own.
    refused: HashMap<&'a str, String>,
    /// The network's steps.
    pub steps: Steps,
    /// What was taken otherwise than it stands in the file.
    pub notices: Vec<String>,
    /// The version of ONNX's own operators.
    pub opset: i64,
    /// The number of inputs that the graph computes at once, if it is fixed.
    pub batch: Option<usize>,
}

impl<'a> Walk<'a> {
    /// The input and the weights.
    ///
    /// # Errors
    /// A clause that names the tensor that cannot be read, or the input that does not fit.
    pub fn new(graph: &Graph<'a>, opset: i64, expected: &Expectation) -> Result<Walk<'a>, String> {
        let steps = Steps::new(expected.input);
        let mut walk =
            Walk { names: HashMap::new(), refused: HashMap::new(), steps, notices: Vec::new(), opset, batch: None };
        for tensor in &graph.tensors {
            let array = tensor.array()?;
            walk.keep(tensor.name, array)?;
        }
        let real = graph.inputs.iter().filter(|port| !walk.names.contains_key(port.name));
        match &real.collect::<Vec<_>>()[..] {
            &[port] => {
                let view = super::entry::view(port, expected, &mut walk.notices)?;
                walk.batch = port.dims.first().copied().flatten();
                walk.names.insert(port.name, Value::View(view));
                Ok(walk)
            }
            [] => Err("it has no input".into()),
            several => Err(format!("it has {} inputs ({}), and one is expected", several.len(), listed(several))),
        }
    }

    fn keep(&mut self, name: &'a str, array: Array) -> Result<(), String> {
        let value = self.array(array)?;
        self.names.insert(name, value);
        Ok(())
    }

    /// A constant, counted.
    ///
    /// # Errors
    /// A clause, if all constants together are too many.
    pub fn array(&mut self, array: Array) -> Result<Value, String> {
        match array.width {
            Some(Width::SixtyFour) => self.notice("Its numbers of 64 bits are rounded to 32."),
            Some(Width::Sixteen) => self.notice("Its numbers have 16 bits; they are computed with in 32."),
            None => {}
        }
        self.steps.budget.spend(array.shape.iter().product())?;
        Ok(Value::Array(Rc::new(array)))
    }

    /// Says something once.
    pub fn notice(&mut self, sentence: &str) {
        if !self.notices.iter().any(|known| known == sentence) {
            self.notices.push(sentence.to_owned());
        }
    }

    /// Computes a node. What cannot be read is remembered, for whoever needs it.
    ///
    /// # Errors
    /// A clause that names the node, if there are too many such nodes, or too many numbers.
    pub fn node(&mut self, at: usize, node: &Node<'a>) -> Result<(), String> {
        let lost = node.inputs.iter().find_map(|name| self.refused.get(name)).cloned();
        let found = match lost {
            Some(why) => Err(why),
            None => self.compute(node).map_err(|why| format!("{}: {why}", node.told(at))),
        };
        let Some(name) = node.outputs.first() else { return found.map(|_| ()) };
        match found {
            Ok(value) => {
                self.names.insert(name, value);
            }
            Err(why) if self.steps.budget.is_spent() || self.refused.len() >= MOST_REFUSED => return Err(why),
            Err(why) => {
                self.refused.insert(name, why);
            }
        }
        Ok(())
    }

    /// Why a name cannot be read.
    pub fn refusal(&self, name: &str) -> Option<&String> {
        self.refused.get(name)
    }

    fn compute(&mut self, node: &Node) -> Result<Value, String> {
        if let Some(value) = endings::passed(self, node)? {
            return Ok(value);
        }
        match (node.domain, node.op) {
            ("" | "ai.onnx", "Conv") => convolution::convolution(self, node),
            ("" | "ai.onnx", "Pad") => convolution::pad(self, node),
            ("" | "ai.onnx", "Gemm") => linear::gemm(self, node),
            ("" | "ai.onnx", "MatMul") => linear::matmul(self, node),
            ("" | "ai.onnx", "BatchNormalization") => linear::batch_norm(self, node),
            ("" | "ai.onnx", "Add" | "Sub" | "Mul" | "Div" | "Sum") => arithmetic::binary(self, node),
            ("ai.onnx.ml", "Scaler") => arithmetic::scaler(self, node),
            ("" | "ai.onnx", "MaxPool" | "AveragePool") => pooling::pool(self, node),
            ("" | "ai.onnx", "GlobalAveragePool" | "GlobalMaxPool") => pooling::global(self, node),
            ("" | "ai.onnx", "ReduceMean") => pooling::reduce_mean(self, node),
            ("" | "ai.onnx", "Softmax" | "LogSoftmax" | "ArgMax") => endings::ending(self, node),
            ("" | "ai.onnx", op) => match pointwise::layer(self, node)? {
                Some(value) => Ok(value),
                None => shapes::shape(self, node)?.ok_or_else(|| unknown(op)),
            },
            (domain, op) => Err(format!("{} of “{}”", unknown(op), brief(domain))),
        }
    }

    /// The value of one of a node's inputs.
    ///
    /// # Errors
    /// A clause, if it is left out or not known.
    pub fn input(&self, node: &Node, at: usize) -> Result<Value, String> {
        self.optional(node, at)?.ok_or_else(|| format!("its input {at} is left out"))
    }

    /// The value of an input that may be left out.
    ///
    /// # Errors
    /// A clause, if its name is not known.
    pub fn optional(&self, node: &Node, at: usize) -> Result<Option<Value>, String> {
        match node.inputs.get(at) {
            None | Some(&"") => Ok(None),
            Some(name) => match self.names.get(name) {
                Some(value) => Ok(Some(value.clone())),
                None => Err(format!("it uses “{}”, which nothing before it makes", brief(name))),
            },
        }
    }

    /// What a graph's output is.
    pub fn output(&self, port: &Port) -> Option<&Value> {
        self.names.get(port.name)
    }

    /// An input that the network computes.
    ///
    /// # Errors
    /// A clause, if it is something else.
    pub fn view(&self, node: &Node, at: usize) -> Result<View, String> {
        match self.input(node, at)? {
            Value::View(view) => Ok(view),
            other => Err(format!("its input {at} is {}, where what the network computes is expected", other.told())),
        }
    }

    /// Real numbers that are known, if this input is not left out.
    ///
    /// # Errors
    /// A clause, if they are computed, or whole.
    pub fn reals(&self, node: &Node, at: usize) -> Result<Option<Reals>, String> {
        match self.optional(node, at)? {
            None => Ok(None),
            Some(Value::Array(array)) => match &array.numbers {
                Numbers::Real(_) => Ok(Some(Reals(array))),
                Numbers::Whole(_) => Err(format!("its input {at} is made of whole numbers")),
            },
            Some(other) => Err(format!("its input {at} is {}, where constants are expected", other.told())),
        }
    }

    /// Sizes that are known, or the number of inputs; if this input is not left out.
    ///
    /// # Errors
    /// A clause, if it is something else.
    pub fn sizes(&self, node: &Node, at: usize) -> Result<Option<Sizes>, String> {
        self.optional(node, at)?.map(|value| sizes(&value).map_err(|why| format!("its input {at} {why}"))).transpose()
    }

    /// Whole numbers from an attribute, or where newer versions have them, from an input.
    ///
    /// # Errors
    /// A clause, if they are computed.
    pub fn wholes(&self, node: &Node, name: &str, at: usize) -> Result<Option<Vec<i64>>, String> {
        if let Some(list) = node.wholes(name)? {
            return Ok(Some(list));
        }
        let Some(sizes) = self.sizes(node, at)? else { return Ok(None) };
        let known = sizes.sizes.iter().map(|&size| match size {
            Size::Known(number) => Ok(number),
            Size::Batch => Err(format!("its “{name}” depends on the number of inputs")),
        });
        known.collect::<Result<_, _>>().map(Some)
    }
}

/// Known real numbers.
pub struct Reals(Rc<Array>);

impl Reals {
    /// Their sizes.
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// The numbers.
    pub fn numbers(&self) -> &[f32] {
        match &self.0.numbers {
            Numbers::Real(numbers) => numbers,
            Numbers::Whole(_) => &[],
        }
    }
}

/// A value as sizes.
///
/// # Errors
/// A clause, if it is something else.
pub fn sizes(value: &Value) -> Result<Sizes, String> {
    match value {
        Value::Sizes(sizes) => Ok(sizes.clone()),
        Value::Array(array) => match &array.numbers {
            Numbers::Whole(numbers) if array.shape.len() <= 1 && numbers.len() <= MOST_SIZES => {
                let sizes = numbers.iter().map(|&number| Size::Known(number)).collect();
                Ok(Sizes { list: !array.shape.is_empty(), sizes })
            }
            _ => Err("is no short list of whole numbers".into()),
        },
        other => Err(format!("is {}, where a shape is expected", other.told())),
    }
}

fn unknown(op: &str) -> String {
    format!("there is no layer here for the operator “{}”", brief(op))
}

fn listed(ports: &[&Port]) -> String {
    brief(&ports.iter().map(|port| port.name).collect::<Vec<_>>().join(", "))
}
