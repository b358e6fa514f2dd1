//! The route table: which paths lead to which component.

mod tree;

use std::sync::OnceLock;

use http::uri::{Authority, InvalidUri, PathAndQuery};
use lyceum_kit::{path_template::PathTemplate, prelude::*};
use serde::Deserialize;

use self::tree::Tree;

/// The configuration variable that holds the table.
const VARIABLE: &str = "lyceum.routes";

/// One line of the table as the host gives it.
#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(flatten)]
    pattern: Pattern,
    component: String,
    rewrite: Option<String>,
    request_body: u64,
}

/// Which paths a route matches.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Pattern {
    /// This path and all below it.
    Prefix(String),
    /// This path alone.
    Path(String),
}

/// What matches one pattern goes to one component.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// What the manifest names.
    outside: PathTemplate,
    /// What the component sees instead, if that is another.
    rewrite: Option<PathTemplate>,
    /// Whether paths below it match, too.
    below: bool,
    pub(crate) component: String,
    pub(crate) authority: Authority,
    /// The largest body that the component takes, in bytes.
    request_body: u64,
}

/// All routes.
#[derive(Debug, Default)]
pub(crate) struct RouteTable {
    routes: Vec<Route>,
    tree: Tree,
}

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
        let routes = entries.into_iter().map(Route::try_from).collect::<Result<Vec<_>, _>>()?;
        let mut tree = Tree::default();
        for (index, route) in routes.iter().enumerate() {
            tree.insert(&route.outside, route.below, index);
        }
        Ok(Self { routes, tree })
    }

    /// The most specific route that matches the path.
    pub(crate) fn find(&self, path: &str) -> Option<&Route> {
        // The root is the path without segments.
        let path = if path == "/" { "" } else { path };
        self.routes.get(self.tree.find(path)?)
    }

    /// Every component that can be reached, once, in order of their ids.
    pub(crate) fn components(&self) -> Vec<&str> {
        let mut components: Vec<&str> = self.routes.iter().map(|route| route.component.as_str()).collect();
        components.sort_unstable();
        components.dedup();
        components
    }

    /// The components that a path leads to which this is so of: of its template outside.
    pub(crate) fn components_at(&self, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
        let meant = self.routes.iter().filter(|route| is_meant(&route.outside.to_string()));
        let mut components: Vec<String> = meant.map(|route| route.component.clone()).collect();
        components.sort_unstable();
        components.dedup();
        components
    }

    /// The path outside that leads to a component's own path, if one does.
    pub(crate) fn outside(&self, component: &str, path: &str) -> Option<String> {
        // Of a path that is also reached by another one, its own is told.
        let own = self.routes.iter().filter(|route| route.rewrite.is_none());
        let others = self.routes.iter().filter(|route| route.rewrite.is_some());
        own.chain(others).filter(|route| route.component == component).find_map(|route| {
            let bound = route.rewrite.as_ref().unwrap_or(&route.outside).bind(path)?;
            let outside = route.outside.fill(&bound).filter(|_| route.below || bound.rest.is_empty())?;
            // A more specific route may lead such a path elsewhere.
            self.find(&outside).is_some_and(|found| found.component == component).then_some(outside)
        })
    }
}

impl Route {
    /// The path and query that the component sees.
    pub(crate) fn inside(&self, target: PathAndQuery) -> Result<PathAndQuery, Problem> {
        let Some(rewrite) = &self.rewrite else { return Ok(target) };
        let inside = self.outside.bind(target.path()).and_then(|bound| rewrite.fill(&bound));
        let mut inside = inside.ok_or_else(Problem::internal)?;
        if let Some(query) = target.query() {
            inside.push('?');
            inside.push_str(query);
        }
        inside.parse().map_err(|_| Problem::internal())
    }

    /// The templates outside and inside if they differ.
    pub(crate) fn rewritten(&self) -> Option<(String, String)> {
        self.rewrite.as_ref().map(|rewrite| (self.outside.to_string(), rewrite.to_string()))
    }

    /// Refuses early what the component would refuse. One that doesn't say its length is counted there.
    pub(crate) fn check_body(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let length =
            headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        match length {
            Some(length) if self.request_body < length => Err(Problem::too_large(self.request_body)),
            _ => Ok(()),
        }
    }
}

impl TryFrom<Entry> for Route {
    type Error = RouteTableError;

    fn try_from(entry: Entry) -> Result<Self, RouteTableError> {
        let url = service_url(&entry.component);
        let authority = url.trim_start_matches("http://").parse()?;
        let (outside, below) = match entry.pattern {
            Pattern::Prefix(prefix) => (prefix, true),
            Pattern::Path(path) => (path, false),
        };
        Ok(Self {
            outside: PathTemplate::parse(&outside),
            rewrite: entry.rewrite.as_deref().map(PathTemplate::parse),
            below,
            component: entry.component,
            authority,
            request_body: entry.request_body,
        })
    }
}

#[cfg(test)]
mod tests;
