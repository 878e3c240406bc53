//! Runs of text: words, stress, code, and the three kinds of links.

use super::Reader;
use crate::lessons::{
    claim::{Claim, SCHEME},
    lesson::{Inline, Wrong, plain},
};
use pulldown_cmark::{Event, Tag, TagEnd};

/// Deepest nesting of a run of text.
const DEEPEST: usize = 6;
/// Most parts of one run.
const MOST: usize = 400;
/// Longest address of a link.
const LONGEST: usize = 600;

impl<'a> Reader<'a> {
    /// The text up to an end. In an item, paragraphs become breaks.
    pub(super) fn inlines(&mut self, end: TagEnd, depth: usize) -> Result<Vec<Inline>, Wrong> {
        let mut all: Vec<Inline> = Vec::new();
        if depth > DEEPEST {
            return Err(self.wrong("the text is nested too deep"));
        }
        while let Some(event) = self.next() {
            if all.len() == MOST {
                return Err(self.wrong("the paragraph is too long"));
            }
            match event {
                Event::End(found) if found == end => break,
                Event::End(TagEnd::Paragraph) if end == TagEnd::Item => {}
                Event::Start(Tag::Paragraph) if end == TagEnd::Item => {
                    if !all.is_empty() {
                        all.push(Inline::Break);
                    }
                }
                Event::TaskListMarker(ticked) => self.mark = Some(ticked),
                Event::Text(text) => push_text(&mut all, &text),
                Event::Code(code) => all.push(Inline::Code(code.to_string())),
                Event::SoftBreak | Event::HardBreak => all.push(Inline::Break),
                Event::Start(Tag::Strong) => all.push(Inline::Strong(self.inlines(TagEnd::Strong, depth + 1)?)),
                Event::Start(Tag::Emphasis) => all.push(Inline::Emphasis(self.inlines(TagEnd::Emphasis, depth + 1)?)),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let address = dest_url.to_string();
                    let inner = self.inlines(TagEnd::Link, depth + 1)?;
                    all.push(self.link(address, inner)?);
                }
                other => return Err(self.stranger(&other)),
            }
        }
        Ok(all)
    }

    fn link(&self, address: String, inner: Vec<Inline>) -> Result<Inline, Wrong> {
        let clean = !address.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        if address.len() > LONGEST || !clean {
            return Err(self.wrong("the link's address is too long or has blanks"));
        }
        if let Some(claim) = address.strip_prefix(SCHEME) {
            let claim = Claim::read(claim, &plain(&inner)).map_err(|why| self.wrong(why))?;
            if !claim.keys.is_empty() {
                self.keys(&claim.keys)?;
            }
            return Ok(Inline::Claim(Box::new(claim), inner));
        }
        if let Some(keys) = address.strip_prefix('#') {
            self.keys(keys)?;
            return Ok(Inline::Keys(keys.to_owned(), inner));
        }
        if address.starts_with("https://") {
            return Ok(Inline::Web(address, inner));
        }
        Err(self.wrong(format!("the link “{address}” is none of https:, # and {SCHEME}")))
    }
}

/// Adds text; the parser cuts it wherever there might have been markup.
fn push_text(all: &mut Vec<Inline>, text: &str) {
    match all.last_mut() {
        Some(Inline::Text(before)) => before.push_str(text),
        _ => all.push(Inline::Text(text.to_owned())),
    }
}
