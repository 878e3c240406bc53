//! ONNX files written by hand, field by field, for what no exporter here writes.

/// A message under construction.
#[derive(Clone, Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A whole number.
    pub fn whole(mut self, field: u64, number: i64) -> Message {
        self.varint(field << 3);
        self.varint(number as u64);
        self
    }

    /// A text, bytes or a message.
    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Message {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    /// A 32-bit number.
    pub fn float(mut self, field: u64, number: f32) -> Message {
        self.varint(field << 3 | 5);
        self.0.extend(number.to_le_bytes());
        self
    }
}

/// What an attribute has.
pub enum Given<'a> {
    /// A whole number.
    Whole(i64),
    /// Whole numbers.
    Wholes(&'a [i64]),
    /// A real number.
    Float(f32),
    /// A text.
    Text(&'a str),
}

/// A node: operator, inputs, output, attributes.
pub fn node(op: &str, inputs: &[&str], output: &str, attributes: &[(&str, Given)]) -> Vec<u8> {
    let mut node = inputs.iter().fold(Message::default(), |node, name| node.bytes(1, name.as_bytes()));
    node = node.bytes(2, output.as_bytes()).bytes(3, format!("n_{output}").as_bytes()).bytes(4, op.as_bytes());
    for (name, given) in attributes {
        let attribute = Message::default().bytes(1, name.as_bytes());
        let attribute = match given {
            Given::Whole(number) => attribute.whole(3, *number),
            Given::Wholes(list) => list.iter().fold(attribute, |attribute, &number| attribute.whole(8, number)),
            Given::Float(number) => attribute.float(2, *number),
            Given::Text(text) => attribute.bytes(4, text.as_bytes()),
        };
        node = node.bytes(5, &attribute.0);
    }
    node.0
}

/// A tensor's message without its numbers.
pub fn head(name: &str, kind: i64, shape: &[i64]) -> Message {
    shape
        .iter()
        .fold(Message::default(), |tensor, &size| tensor.whole(1, size))
        .whole(2, kind)
        .bytes(8, name.as_bytes())
}

/// A tensor of 32-bit numbers.
pub fn reals(name: &str, shape: &[i64], numbers: &[f32]) -> Vec<u8> {
    let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    head(name, 1, shape).bytes(9, &raw).0
}

/// A tensor of whole numbers.
pub fn wholes(name: &str, numbers: &[i64]) -> Vec<u8> {
    let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    head(name, 7, &[numbers.len() as i64]).bytes(9, &raw).0
}

/// A file whose input `x` has these sizes (0: free) and whose output is `y`.
pub fn file(input: &[i64], tensors: &[Vec<u8>], nodes: &[Vec<u8>]) -> Vec<u8> {
    let port = |name: &str, sizes: &[i64]| {
        let dim =
            |&size: &i64| if size == 0 { Message::default().bytes(2, b"n") } else { Message::default().whole(1, size) };
        let shape = sizes.iter().fold(Message::default(), |shape, size| shape.bytes(1, &dim(size).0));
        let kind = Message::default().bytes(1, &Message::default().whole(1, 1).bytes(2, &shape.0).0);
        Message::default().bytes(1, name.as_bytes()).bytes(2, &kind.0).0
    };
    let mut graph = nodes.iter().fold(Message::default(), |graph, node| graph.bytes(1, node));
    graph = tensors.iter().fold(graph, |graph, tensor| graph.bytes(5, tensor));
    graph = graph.bytes(11, &port("x", input)).bytes(12, &port("y", &[]));
    let opset = Message::default().bytes(1, b"").whole(2, 17);
    Message::default().whole(1, 8).bytes(7, &graph.0).bytes(8, &opset.0).0
}
