//! CQL 1.2: <https://www.loc.gov/standards/sru/cql/spec.html>. What a query is; what it means is [`super::meaning`]'s.
//!
//! All boolean operators bind alike and from the left: `a or b and c` is `(a or b) and c`.

mod tokens;

use self::tokens::{Token, tokens};
use super::diagnostic::Diagnostic;

/// Characters that a query has at most, and parentheses in each other.
const LONGEST: usize = 2_000;
const DEEPEST: usize = 20;

/// A query.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Query {
    Clause(Clause),
    Joined(Box<Self>, Operator, Box<Self>),
}

/// How two queries are joined.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operator {
    And,
    Or,
    Not,
}

/// A term, and where and how it is looked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Clause {
    /// As it was written; none if the server chooses.
    pub(super) index: Option<String>,
    /// In lower case; `=` if the server chooses.
    pub(super) relation: String,
    /// With its backslashes, which take their meaning from signs.
    pub(super) term: String,
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Query, Diagnostic> {
    if text.chars().count() > LONGEST {
        return Err(Diagnostic::new(12, LONGEST.to_string()));
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let query = parser.query(0)?;
    match parser.next() {
        None => Ok(query),
        Some(token) if token.is_word("sortby") => Err(Diagnostic::new(80, "sortby")),
        Some(token) => Err(syntax(&token)),
    }
}

fn syntax(token: &Token) -> Diagnostic {
    Diagnostic::new(10, token.text())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    fn query(&mut self, depth: usize) -> Result<Query, Diagnostic> {
        if self.peek() == Some(&Token::Comparison(">".to_owned())) {
            // It would give a context set another name.
            return Err(Diagnostic::new(48, "prefix assignment"));
        }
        let mut query = self.clause(depth)?;
        while let Some(operator) = self.operator()? {
            query = Query::Joined(Box::new(query), operator, Box::new(self.clause(depth)?));
        }
        Ok(query)
    }

    fn operator(&mut self) -> Result<Option<Operator>, Diagnostic> {
        let Some(Token::Word(word)) = self.peek() else { return Ok(None) };
        let operator = match word.to_ascii_lowercase().as_str() {
            "and" => Operator::And,
            "or" => Operator::Or,
            "not" => Operator::Not,
            "prox" => return Err(Diagnostic::new(39, "prox")),
            "sortby" => return Ok(None),
            _ => return Err(Diagnostic::new(37, word.clone())),
        };
        self.next();
        match self.peek() {
            Some(Token::Slash) => Err(Diagnostic::new(46, self.modifier())),
            _ => Ok(Some(operator)),
        }
    }

    /// The name behind a slash.
    fn modifier(&self) -> String {
        self.tokens.get(self.at + 1).map(Token::text).unwrap_or_default()
    }

    fn clause(&mut self, depth: usize) -> Result<Query, Diagnostic> {
        match self.next() {
            Some(Token::Open) if depth >= DEEPEST => Err(Diagnostic::new(48, "nested parentheses")),
            Some(Token::Open) => {
                let query = self.query(depth + 1)?;
                match self.next() {
                    Some(Token::Close) => Ok(query),
                    other => Err(other.as_ref().map_or_else(|| Diagnostic::new(10, "("), syntax)),
                }
            }
            Some(first) if first.is_term() => self.after(&first),
            Some(token) => Err(syntax(&token)),
            None => Err(Diagnostic::new(10, "")),
        }
    }

    /// What begins with this is a term, or an index, a relation and a term.
    fn after(&mut self, first: &Token) -> Result<Query, Diagnostic> {
        let relation = match self.peek() {
            Some(Token::Comparison(sign)) => sign.clone(),
            Some(token @ Token::Word(word)) if token.is_term() => word.to_ascii_lowercase(),
            Some(token @ (Token::Slash | Token::Open | Token::Quoted(_))) => return Err(syntax(token)),
            _ => {
                let term = first.text();
                return Ok(Query::Clause(Clause { index: None, relation: "=".to_owned(), term }));
            }
        };
        self.next();
        if self.peek() == Some(&Token::Slash) {
            return Err(Diagnostic::new(20, self.modifier()));
        }
        match self.next() {
            Some(token) if token.is_term() => {
                let (index, term) = (Some(first.text()), token.text());
                Ok(Query::Clause(Clause { index, relation, term }))
            }
            other => Err(other.as_ref().map_or_else(|| Diagnostic::new(10, relation), syntax)),
        }
    }
}

#[cfg(test)]
mod tests;
