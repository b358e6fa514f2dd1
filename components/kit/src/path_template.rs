//! Paths with variables, such as `/readers/{year}/{seq}/lendings`, as the manifest's routes name them.

use std::fmt;

/// The segments of a path, of which some stand for any one segment. The host has checked it: no segment is empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathTemplate(Vec<Segment>);

/// One part between slashes.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Segment {
    /// This very text.
    Literal(String),
    /// Any text but none, by a name.
    Variable(String),
    /// Any text that begins with the first one and goes on, which is what the name stands for.
    Prefixed(String, String),
}

/// What a path has in the places of a template's variables.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Bound<'path> {
    values: Vec<(String, &'path str)>,
    /// What follows the template: nothing, or a slash and more.
    pub rest: &'path str,
}

impl PathTemplate {
    /// Reads a template.
    pub fn parse(text: &str) -> Self {
        let variable = |text: &str| {
            Some((text.split_once('{')?.0.to_owned(), text.split_once('{')?.1.strip_suffix('}')?.to_owned()))
        };
        let segment = |text: &str| match variable(text) {
            Some((prefix, name)) if prefix.is_empty() => Segment::Variable(name),
            Some((prefix, name)) => Segment::Prefixed(prefix, name),
            None => Segment::Literal(text.to_owned()),
        };
        Self(text.split('/').filter(|text| !text.is_empty()).map(segment).collect())
    }

    /// Its segments; none for `/`.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The variables' values if the path is this one or lies below it. They stay as they are, percent-encoded or not.
    pub fn bind<'path>(&self, path: &'path str) -> Option<Bound<'path>> {
        let mut bound = Bound { values: Vec::new(), rest: path };
        for wanted in &self.0 {
            let (segment, rest) = first_segment(bound.rest)?;
            match wanted {
                Segment::Literal(literal) if literal == segment => {}
                Segment::Variable(name) if !segment.is_empty() => bound.values.push((name.clone(), segment)),
                Segment::Prefixed(prefix, name) => {
                    let value = segment.strip_prefix(prefix.as_str()).filter(|value| !value.is_empty())?;
                    bound.values.push((name.clone(), value));
                }
                _ => return None,
            }
            bound.rest = rest;
        }
        Some(bound)
    }

    /// The path with these values; `None` if one is missing.
    pub fn fill(&self, bound: &Bound<'_>) -> Option<String> {
        let mut path = String::new();
        for segment in &self.0 {
            path.push('/');
            let (text, name) = match segment {
                Segment::Literal(literal) => (literal.as_str(), None),
                Segment::Variable(name) => ("", Some(name)),
                Segment::Prefixed(prefix, name) => (prefix.as_str(), Some(name)),
            };
            path.push_str(text);
            if let Some(name) = name {
                path.push_str(bound.values.iter().find(|(known, _)| known == name)?.1);
            }
        }
        path.push_str(bound.rest);
        Some(if path.is_empty() { "/".to_owned() } else { path })
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Literal(literal) => write!(f, "/{literal}"),
            Segment::Variable(name) => write!(f, "/{{{name}}}"),
            Segment::Prefixed(prefix, name) => write!(f, "/{prefix}{{{name}}}"),
        })
    }
}

/// The first segment of a path that begins with a slash, and what follows it.
pub fn first_segment(path: &str) -> Option<(&str, &str)> {
    let segments = path.strip_prefix('/')?;
    Some(segments.split_at(segments.find('/').unwrap_or(segments.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path that `from` turns into `to`.
    fn turned(from: &str, to: &str, path: &str) -> Option<String> {
        PathTemplate::parse(to).fill(&PathTemplate::parse(from).bind(path)?)
    }

    #[test]
    fn a_path_is_turned_by_its_variables_and_keeps_what_follows() {
        for (from, to, path, turned_path) in [
            ("/a/{x}/b/{y}", "/{y}/c/{x}", "/a/1/b/2", "/2/c/1"),
            ("/a/{x}", "/b/{x}", "/a/%C3%A9/d/", "/b/%C3%A9/d/"),
            ("/old", "/", "/old", "/"),
            ("/old", "/", "/old/7", "/7"),
            ("/", "/new", "/7", "/new/7"),
            ("/", "/new", "/", "/new/"),
            ("/sagas/users-{id}", "/s/{id}", "/sagas/users-7/x", "/s/7/x"),
            ("/s/{id}", "/sagas/users-{id}", "/s/users-7", "/sagas/users-users-7"),
        ] {
            assert_eq!(turned(from, to, path).as_deref(), Some(turned_path), "{from} {to} {path}");
        }
    }

    #[test]
    fn a_path_that_does_not_match_is_not_turned() {
        for (from, path) in [
            ("/a", "/ab"),
            ("/a", "/"),
            ("/a/{x}", "/a"),
            ("/a/{x}", "/a/"),
            ("/a/{x}/b", "/a/1/c"),
            ("/a", "a"),
            ("/sagas/users-{id}", "/sagas/users-"),
            ("/sagas/users-{id}", "/sagas/Users-7"),
        ] {
            assert_eq!(turned(from, "/t", path), None, "{from} {path}");
        }
    }
}
