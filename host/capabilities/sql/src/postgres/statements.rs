//! What one connection has prepared, apart for each schema.

use std::collections::HashMap;
use std::sync::Arc;

/// Prepared statements that a connection keeps, over all schemas.
const MAX_STATEMENTS: usize = 512;

/// Prepared statements by schema and text.
///
/// What the server found out when it prepared a statement, the types of parameters and columns, holds for one schema's
/// tables. Run under another search path it is planned anew, each time that the path changes, and by the types of
/// other tables than those that are known here. So a statement is only found by the schema that it is for.
#[derive(Debug)]
pub(super) struct Statements<T> {
    /// The schema that is served comes last, the one that was served the longest ago first.
    schemas: Vec<(Arc<str>, HashMap<String, T>)>,
}

impl<T: Clone> Statements<T> {
    pub(super) fn new(schema: &Arc<str>) -> Self {
        Self { schemas: vec![(Arc::clone(schema), HashMap::new())] }
    }

    /// From now on this schema's are found. Where there are too many, those of the schemas that wait the longest go.
    pub(super) fn serve(&mut self, schema: &Arc<str>) {
        let known = self.schemas.iter().position(|(name, _)| name == schema);
        let entry = match known {
            Some(index) => self.schemas.remove(index),
            None => (Arc::clone(schema), HashMap::new()),
        };
        self.schemas.push(entry);
        while self.schemas.len() > 1 && self.count() > MAX_STATEMENTS {
            self.schemas.remove(0);
        }
        if self.count() > MAX_STATEMENTS {
            self.forget();
        }
    }

    pub(super) fn find(&self, text: &str) -> Option<T> {
        self.schemas.last()?.1.get(text).cloned()
    }

    pub(super) fn keep(&mut self, text: &str, statement: T) {
        if let Some((_, statements)) = self.schemas.last_mut() {
            statements.insert(text.to_owned(), statement);
        }
    }

    /// Forgets those of the schema that is served.
    pub(super) fn forget(&mut self) {
        if let Some((_, statements)) = self.schemas.last_mut() {
            statements.clear();
        }
    }

    fn count(&self) -> usize {
        self.schemas.iter().map(|(_, statements)| statements.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemas() -> [Arc<str>; 3] {
        ["a".into(), "b".into(), "c".into()]
    }

    #[test]
    fn a_statement_is_found_only_by_the_schema_that_it_was_prepared_for() {
        let [a, b, _] = schemas();
        let mut statements = Statements::new(&a);
        statements.keep("SELECT 1", 1);
        statements.serve(&b);
        assert_eq!(statements.find("SELECT 1"), None);
        statements.keep("SELECT 1", 2);
        statements.serve(&a);
        assert_eq!(statements.find("SELECT 1"), Some(1));
        statements.forget();
        assert_eq!(statements.find("SELECT 1"), None);
        statements.serve(&b);
        assert_eq!(statements.find("SELECT 1"), Some(2));
    }

    #[test]
    fn when_there_are_too_many_those_of_the_schema_that_waits_longest_go() {
        let [a, b, c] = schemas();
        let mut statements = Statements::new(&a);
        statements.keep("SELECT 1", 1);
        statements.serve(&b);
        statements.keep("SELECT 1", 2);
        statements.serve(&c);
        for number in 0..MAX_STATEMENTS {
            statements.keep(&format!("SELECT {number}"), number);
        }
        statements.serve(&b);
        assert_eq!(statements.find("SELECT 1"), Some(2));
        statements.serve(&a);
        assert_eq!(statements.find("SELECT 1"), None);
    }

    #[test]
    fn one_schema_alone_keeps_no_more_than_the_bound() {
        let [a, ..] = schemas();
        let mut statements = Statements::new(&a);
        for number in 0..=MAX_STATEMENTS {
            statements.keep(&format!("SELECT {number}"), number);
        }
        statements.serve(&a);
        assert_eq!(statements.find("SELECT 0"), None);
    }
}
