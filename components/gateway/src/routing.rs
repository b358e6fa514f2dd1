//! The route table: which paths lead to which component.

use std::sync::OnceLock;

use http::uri::{Authority, InvalidUri, PathAndQuery};
use lyceum_kit::prelude::*;
use serde::Deserialize;

/// The configuration variable that holds the table.
const VARIABLE: &str = "lyceum.routes";

/// One line of the table as the host gives it.
#[derive(Debug, Deserialize)]
struct Entry {
    prefix: String,
    component: String,
    rewrite: Option<String>,
}

/// Everything under one prefix goes to one component.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// Without a slash at its end, so that `/` is empty.
    prefix: String,
    /// What the prefix becomes, in the same form.
    rewrite: Option<String>,
    pub(crate) component: String,
    pub(crate) authority: Authority,
}

/// The routes, longest prefix first.
#[derive(Debug, Default)]
pub(crate) struct RouteTable(Vec<Route>);

/// Why the table is unusable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RouteTableError {
    #[error("the route table is not what it should be: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("a component's name can't be part of a URL: {0}")]
    Name(#[from] InvalidUri),
}

/// The table. Read once an instance.
pub(crate) fn table() -> Result<&'static RouteTable, Problem> {
    static TABLE: OnceLock<RouteTable> = OnceLock::new();
    if let Some(table) = TABLE.get() {
        return Ok(table);
    }
    let table = RouteTable::parse(&config::required(VARIABLE)?).map_err(|error| {
        log::error(error.to_string());
        Problem::internal()
    })?;
    Ok(TABLE.get_or_init(|| table))
}

impl RouteTable {
    pub(crate) fn parse(json: &str) -> Result<Self, RouteTableError> {
        let entries: Vec<Entry> = serde_json::from_str(json)?;
        let mut routes = entries.into_iter().map(Route::try_from).collect::<Result<Vec<_>, _>>()?;
        routes.sort_by_key(|route| std::cmp::Reverse(route.prefix.len()));
        Ok(Self(routes))
    }

    /// The route with the longest prefix that covers the path.
    pub(crate) fn find(&self, path: &str) -> Option<&Route> {
        self.0.iter().find(|route| below(path, &route.prefix).is_some())
    }

    /// Every component that can be reached, once, in order of their ids.
    pub(crate) fn components(&self) -> Vec<&str> {
        let mut components: Vec<&str> = self.0.iter().map(|route| route.component.as_str()).collect();
        components.sort_unstable();
        components.dedup();
        components
    }

    /// The path outside that leads to a component's own path, if one does.
    pub(crate) fn outside(&self, component: &str, path: &str) -> Option<String> {
        self.0.iter().filter(|route| route.component == component).find_map(|route| {
            let inside = route.rewrite.as_ref().unwrap_or(&route.prefix);
            let outside = join(&route.prefix, below(path, inside)?);
            // A longer prefix may lead such a path elsewhere.
            self.find(&outside).is_some_and(|found| found.component == component).then_some(outside)
        })
    }
}

impl Route {
    /// The path and query that the component sees.
    pub(crate) fn inside(&self, target: PathAndQuery) -> Result<PathAndQuery, Problem> {
        let Some(rewrite) = &self.rewrite else { return Ok(target) };
        let rest = below(target.path(), &self.prefix).unwrap_or_default();
        let mut inside = join(rewrite, rest);
        if let Some(query) = target.query() {
            inside.push('?');
            inside.push_str(query);
        }
        inside.parse().map_err(|_| Problem::internal())
    }
}

impl TryFrom<Entry> for Route {
    type Error = RouteTableError;

    fn try_from(entry: Entry) -> Result<Self, RouteTableError> {
        let url = service_url(&entry.component);
        let authority = url.trim_start_matches("http://").parse()?;
        let open = |path: String| path.trim_end_matches('/').to_owned();
        let (prefix, rewrite) = (open(entry.prefix), entry.rewrite.map(open));
        Ok(Self { prefix, rewrite, component: entry.component, authority })
    }
}

/// What follows the prefix when it covers the path: whole segments only.
fn below<'path>(path: &'path str, prefix: &str) -> Option<&'path str> {
    path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn join(prefix: &str, rest: &str) -> String {
    if prefix.is_empty() && rest.is_empty() { "/".into() } else { format!("{prefix}{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> RouteTable {
        let json = r#"[
            {"prefix": "/", "component": "site", "public": false},
            {"prefix": "/api/v1/users", "component": "users", "public": false},
            {"prefix": "/api/v1/users/me/courses", "component": "courses", "public": false},
            {"prefix": "/old/shelf", "component": "books", "rewrite": "/api/v1/books", "public": false},
            {"prefix": "/plugin", "component": "plugin", "rewrite": "/", "public": true}
        ]"#;
        RouteTable::parse(json).unwrap()
    }

    #[test]
    fn the_longest_prefix_of_whole_segments_wins() {
        for (path, component) in [
            ("/", "site"),
            ("/api/v1/usersandmore", "site"),
            ("/api/v1/users", "users"),
            ("/api/v1/users/", "users"),
            ("/api/v1/users/me/coursesx", "users"),
            ("/api/v1/users/me/courses/7", "courses"),
        ] {
            assert_eq!(routes().find(path).unwrap().component, component, "{path}");
        }
        assert!(RouteTable::parse("[]").unwrap().find("/").is_none());
    }

    #[test]
    fn a_rewritten_path_keeps_its_rest_and_its_query() {
        for (outside, inside) in [
            ("/api/v1/users/me?a=b", "/api/v1/users/me?a=b"),
            ("/old/shelf", "/api/v1/books"),
            ("/old/shelf/7?q=%20&q", "/api/v1/books/7?q=%20&q"),
            ("/plugin", "/"),
            ("/plugin/a/b?", "/a/b?"),
        ] {
            let target: PathAndQuery = outside.parse().unwrap();
            let routes = routes();
            let route = routes.find(target.path()).unwrap();
            assert_eq!(route.inside(target).unwrap(), inside);
        }
    }

    #[test]
    fn a_components_own_path_is_found_outside_only_where_it_can_be_reached() {
        let routes = routes();
        assert_eq!(routes.outside("users", "/api/v1/users/{id}").unwrap(), "/api/v1/users/{id}");
        assert_eq!(routes.outside("books", "/api/v1/books/{id}").unwrap(), "/old/shelf/{id}");
        assert_eq!(routes.outside("plugin", "/a").unwrap(), "/plugin/a");
        assert_eq!(routes.outside("users", "/internal"), None);
        assert_eq!(routes.outside("users", "/api/v1/users/me/courses"), None);
    }

    #[test]
    fn a_component_is_listed_once() {
        let json = r#"[{"prefix": "/b", "component": "b"}, {"prefix": "/a", "component": "a"},
                       {"prefix": "/b2", "component": "b"}]"#;
        assert_eq!(RouteTable::parse(json).unwrap().components(), ["a", "b"]);
    }

    #[test]
    fn the_authority_is_the_components_inside() {
        assert_eq!(routes().find("/api/v1/users").unwrap().authority, "users.spin.internal");
        assert!(RouteTable::parse(r#"[{"prefix": "/a", "component": "a b"}]"#).is_err());
        assert!(RouteTable::parse("{}").is_err());
    }
}
