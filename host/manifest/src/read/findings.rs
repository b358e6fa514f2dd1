//! Gathers mistakes and knows their lines.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;

use crate::mistake::{Mistake, Place};

/// Bytes of the manifest's text.
pub(crate) type Span = Range<usize>;

/// The mistakes found so far in one file.
pub(crate) struct Findings<'a> {
    path: &'a Path,
    text: &'a str,
    found: RefCell<Vec<(usize, Mistake)>>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(path: &'a Path, text: &'a str) -> Self {
        Self { path, text, found: RefCell::default() }
    }

    /// Notes a mistake at `span`; an empty hint is no hint.
    pub(crate) fn report(&self, span: &Span, message: impl Into<String>, hint: impl Into<String>) {
        let (line, column) = self.position(span.start);
        let place = Place::File { path: self.path.to_owned(), line, column };
        let hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        self.found.borrow_mut().push((span.start, Mistake { place, message: message.into(), hint }));
    }

    /// The line of a byte of the text, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.position(offset).0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// All of them in the order of the text.
    pub(crate) fn into_mistakes(self) -> Vec<Mistake> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|(offset, _)| *offset);
        found.into_iter().map(|(_, mistake)| mistake).collect()
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).map_or(0, |line| line.chars().count()) + 1;
        (before.matches('\n').count() + 1, column)
    }
}
