//! The machine that builds what a pickle describes, and calls nothing: the few names that a state dict is written with
//! have their meaning built in, and any other call ends the reading.

use super::opcode::{Opcode, Reader};
use super::thing::{Known, Name, Storage, Strided, Thing, Things, Type};
use crate::bounds::{MOST_DIMENSIONS, brief, count};
use std::collections::HashMap;

/// What makes a state dict of a model.
const STATE_DICT: &str = "torch.save(model.state_dict(), \"weights.pt\")";

/// Most arguments of a call; a tensor has seven.
const MOST_ARGUMENTS: usize = 8;

/// The machine: a stack in pieces, a new one behind each mark, and what was remembered.
#[derive(Debug, Default)]
pub struct Machine<'a> {
    stack: Vec<Thing<'a>>,
    marks: Vec<Vec<Thing<'a>>>,
    memo: HashMap<u32, Thing<'a>>,
    /// All that was built.
    pub things: Things<'a>,
}

impl<'a> Machine<'a> {
    /// What a pickle describes.
    ///
    /// # Errors
    /// The byte of the instruction that cannot be followed, and a clause that says why.
    pub fn run(&mut self, pickle: &'a [u8]) -> Result<Thing<'a>, (usize, String)> {
        let mut reader = Reader::new(pickle);
        loop {
            let at = reader.at;
            let opcode = reader.next().map_err(|why| (at, why))?;
            if opcode == Opcode::Stop {
                return self.pop().map_err(|why| (at, why));
            }
            self.step(opcode).map_err(|why| (at, why))?;
        }
    }

    fn step(&mut self, opcode: Opcode<'a>) -> Result<(), String> {
        let made = match opcode {
            Opcode::Nothing | Opcode::Stop => return Ok(()),
            Opcode::Mark => {
                self.marks.push(std::mem::take(&mut self.stack));
                return Ok(());
            }
            Opcode::Pop if self.stack.is_empty() => return self.down_to_mark().map(|_| ()),
            Opcode::Pop => return self.pop().map(|_| ()),
            Opcode::PopMark => return self.down_to_mark().map(|_| ()),
            Opcode::Again => self.top()?,
            Opcode::None => Thing::None,
            Opcode::Truth(truth) => Thing::Truth(truth),
            Opcode::Whole(number) => Thing::Whole(number),
            Opcode::Real(number) => Thing::Real(number),
            Opcode::Text(text) => Thing::Text(text),
            Opcode::Bytes => Thing::Bytes,
            Opcode::Global(name) => name.thing(),
            Opcode::StackGlobal => match (self.pop()?, self.pop()?) {
                (Thing::Text(name), Thing::Text(module)) => Name { module, name }.thing(),
                _ => return Err("a name is made of other things than texts".into()),
            },
            Opcode::Tuple(size) => {
                let items = match size {
                    Some(size) => self.pop_some(size)?,
                    None => self.down_to_mark()?,
                };
                Thing::Tuple(self.keep(items))
            }
            Opcode::List(filled) => {
                let items = if filled { self.down_to_mark()? } else { Vec::new() };
                Thing::List(self.keep(items))
            }
            Opcode::Dict(filled) => {
                let items = if filled { self.down_to_mark()? } else { Vec::new() };
                self.dict(&items)
            }
            Opcode::Append(many) => return self.append(many),
            Opcode::SetItem(many) => return self.set_items(many),
            Opcode::Reduce => self.reduce()?,
            Opcode::NewObject => {
                self.pop()?;
                return Err(refused(self.pop()?, true));
            }
            Opcode::Build => return self.build(),
            Opcode::Persistent => self.storage()?,
            Opcode::Put(number) => {
                let next = u32::try_from(self.memo.len()).unwrap_or(u32::MAX);
                let top = self.top()?;
                self.memo.insert(number.unwrap_or(next), top);
                return Ok(());
            }
            Opcode::Get(number) => *self.memo.get(&number).ok_or("it asks for what was never remembered")?,
        };
        self.stack.push(made);
        Ok(())
    }

    fn pop(&mut self) -> Result<Thing<'a>, String> {
        self.stack.pop().ok_or_else(|| "it takes more than there is".into())
    }

    fn top(&self) -> Result<Thing<'a>, String> {
        self.stack.last().copied().ok_or_else(|| "it takes more than there is".into())
    }

    fn pop_some(&mut self, size: usize) -> Result<Vec<Thing<'a>>, String> {
        let rest = self.stack.len().checked_sub(size).ok_or("it takes more than there is")?;
        Ok(self.stack.split_off(rest))
    }

    /// All down to the mark.
    fn down_to_mark(&mut self) -> Result<Vec<Thing<'a>>, String> {
        let below = self.marks.pop().ok_or("a mark is missing")?;
        Ok(std::mem::replace(&mut self.stack, below))
    }

    fn keep(&mut self, items: Vec<Thing<'a>>) -> usize {
        self.things.lists.push(items);
        self.things.lists.len() - 1
    }

    /// A dict of keys and values in turn.
    fn dict(&mut self, items: &[Thing<'a>]) -> Thing<'a> {
        self.things.dicts.push(pairs(items));
        Thing::Dict(self.things.dicts.len() - 1)
    }

    fn append(&mut self, many: bool) -> Result<(), String> {
        let items = if many { self.down_to_mark()? } else { vec![self.pop()?] };
        match self.top()? {
            Thing::List(at) => self.things.lists.get_mut(at).ok_or("a list is missing")?.extend(items),
            other => return Err(format!("it adds to {}", other.told())),
        }
        Ok(())
    }

    fn set_items(&mut self, many: bool) -> Result<(), String> {
        let items = if many { self.down_to_mark()? } else { self.pop_some(2)? };
        match self.top()? {
            Thing::Dict(at) => self.things.dicts.get_mut(at).ok_or("a dict is missing")?.extend(pairs(&items)),
            other => return Err(format!("it adds entries to {}", other.told())),
        }
        Ok(())
    }

    /// The state of an object: dicts alone have one, their metadata, which says nothing about the weights.
    fn build(&mut self) -> Result<(), String> {
        self.pop()?;
        match self.top()? {
            Thing::Dict(_) => Ok(()),
            other => Err(refused(other, true)),
        }
    }

    /// What a call would give, of those that are known.
    fn reduce(&mut self) -> Result<Thing<'a>, String> {
        let given = self.pop()?;
        let function = self.pop()?;
        let arguments = match given {
            Thing::Tuple(_) => {
                self.things.items(given).filter(|items| items.len() <= MOST_ARGUMENTS).map(<[_]>::to_vec)
            }
            _ => None,
        };
        let arguments = arguments.ok_or("a call's arguments are no short tuple")?;
        match (function, &arguments[..]) {
            (Thing::Known(Known::OrderedDict), []) => Ok(self.dict(&[])),
            (Thing::Known(Known::Size), &[sizes]) if self.things.items(sizes).is_some() => Ok(sizes),
            (Thing::Known(Known::RebuildParameter), &[tensor @ Thing::Tensor(_), ..]) => Ok(tensor),
            (Thing::Known(Known::RebuildTensor), &[storage, offset, shape, strides, ..]) => {
                self.tensor(storage, offset, shape, strides)
            }
            (Thing::Known(_), _) => Err("a tensor's parts are not those that PyTorch writes".into()),
            (other, _) => Err(refused(other, false)),
        }
    }

    fn tensor(
        &mut self,
        storage: Thing<'a>,
        offset: Thing<'a>,
        shape: Thing<'a>,
        strides: Thing<'a>,
    ) -> Result<Thing<'a>, String> {
        let wrong = || "a tensor's offset, sizes or strides are no numbers from 0".to_owned();
        let Thing::Storage(storage) = storage else { return Err("a tensor has no storage".into()) };
        let number = |thing: &Thing| match thing {
            Thing::Whole(number) => usize::try_from(*number).map_err(|_| wrong()),
            _ => Err(wrong()),
        };
        let numbers = |list: Thing<'a>| {
            let items = self.things.items(list).ok_or_else(wrong)?;
            // Counted first: one long list may be named many times.
            if items.len() > MOST_DIMENSIONS {
                return Err(wrong());
            }
            items.iter().map(number).collect::<Result<Vec<_>, _>>()
        };
        let (offset, shape, strides) = (number(&offset)?, numbers(shape)?, numbers(strides)?);
        count(&shape)?;
        if shape.len() != strides.len() {
            return Err("a tensor has not as many strides as sizes".into());
        }
        self.things.tensors.push(Strided { storage, offset, shape, strides });
        Ok(Thing::Tensor(self.things.tensors.len() - 1))
    }

    /// `("storage", class, key, device, count)`.
    fn storage(&mut self) -> Result<Thing<'a>, String> {
        let id = self.pop()?;
        match *self.things.items(id).unwrap_or_default() {
            [Thing::Text("storage"), Thing::Known(Known::Storage(kind)), Thing::Text(key), _, Thing::Whole(count)] => {
                if kind == Type::Untyped {
                    return Err("a storage has no type".into());
                }
                let count = usize::try_from(count).map_err(|_| format!("a storage has {count} numbers"))?;
                self.things.storages.push(Storage { key, kind, count });
                Ok(Thing::Storage(self.things.storages.len() - 1))
            }
            [Thing::Text("storage"), Thing::Foreign(name), ..] => {
                Err(format!("its numbers have the type “{name}”, which is not read"))
            }
            [Thing::Text(kind), ..] => Err(format!("it refers to “{}” beside it, which is not read", brief(kind))),
            _ => Err("what it refers to beside it is no storage".into()),
        }
    }
}

fn pairs<'a>(items: &[Thing<'a>]) -> Vec<(Thing<'a>, Thing<'a>)> {
    items.as_chunks::<2>().0.iter().map(|&[key, value]| (key, value)).collect()
}

/// Why something is not called, or no object is made of it.
fn refused(thing: Thing, object: bool) -> String {
    match thing {
        Thing::Foreign(name) if object => format!(
            "it holds an object of “{name}”, not weights alone; nothing of it was run. Of a whole model, save the state \
             dict. In Python: {STATE_DICT}"
        ),
        Thing::Foreign(name) => format!("it calls {name}; nothing of it was run"),
        other => format!("it calls {}; nothing of it was run", other.told()),
    }
}
