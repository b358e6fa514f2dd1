//! Finds the most specific route of a path: a tree of segments, searched from the left.
//!
//! `matchit`, which finds routes within a service, doesn't fit here: it refuses a prefix beside a longer template
//! with a variable in the same place, which is what this table is for.

use std::collections::BTreeMap;

use lyceum_kit::path_template::{PathTemplate, Segment, first_segment};

/// Where a path is after some segments. Numbers stand for routes.
#[derive(Debug, Default)]
pub(super) struct Tree {
    literals: BTreeMap<String, Tree>,
    /// Variables behind a text, by that text.
    prefixed: BTreeMap<String, Tree>,
    variable: Option<Box<Tree>>,
    /// The route of this path alone.
    exact: Option<usize>,
    /// The route of this path and all below it.
    prefix: Option<usize>,
}

impl Tree {
    /// Adds a route, with all paths below its template if `below`.
    pub(super) fn insert(&mut self, template: &PathTemplate, below: bool, route: usize) {
        let mut at = self;
        for segment in template.segments() {
            at = match segment {
                Segment::Literal(literal) => at.literals.entry(literal.clone()).or_default(),
                Segment::Prefixed(text, _) => at.prefixed.entry(text.clone()).or_default(),
                Segment::Variable(_) => at.variable.get_or_insert_default().as_mut(),
            };
        }
        if below { at.prefix = Some(route) } else { at.exact = Some(route) }
    }

    /// A literal before a variable, a variable behind a longer text before one behind a shorter or none, a longer
    /// template before a shorter one, a path before a prefix.
    pub(super) fn find(&self, path: &str) -> Option<usize> {
        if path.is_empty() {
            return self.exact.or(self.prefix);
        }
        let (segment, rest) = first_segment(path)?;
        let literal = self.literals.get(segment).and_then(|tree| tree.find(rest));
        // Of the texts that a segment begins with, a longer one is greater.
        let prefixed = || {
            let goes_on = |text: &str| segment.len() > text.len() && segment.starts_with(text);
            let fitting = self.prefixed.iter().rev().filter(|(text, _)| goes_on(text));
            fitting.into_iter().find_map(|(_, tree)| tree.find(rest))
        };
        // A slash at the end is no segment that a variable could stand for.
        let variable = || self.variable.as_ref().filter(|_| !segment.is_empty())?.find(rest);
        literal.or_else(prefixed).or_else(variable).or(self.prefix)
    }
}
