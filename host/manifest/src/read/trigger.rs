//! `[[trigger.http]]`: which components answer HTTP.

use super::field::Field;
use super::findings::Span;
use super::table::Table;

/// One `[[trigger.http]]`.
pub(crate) struct Trigger {
    /// The component's id, as written.
    pub(crate) component: String,
    /// Where that id stands.
    pub(crate) span: Span,
    /// Whether its route is `/...`, so that the public listener hands everything to it.
    pub(crate) public: bool,
}

pub(crate) fn read(root: &Table<'_>) -> Vec<Trigger> {
    let Some(triggers) = root.get("trigger").and_then(|field| field.table(&["http"])) else {
        return Vec::new();
    };
    triggers.items("http").iter().filter_map(read_one).collect()
}

fn read_one(field: &Field<'_>) -> Option<Trigger> {
    let table = field.table(&["id", "route", "component"])?;
    table.text("id");
    let public = table.require("route").and_then(|route| is_public(&route));
    let component = table.require("component")?;
    Some(Trigger {
        component: component.text()?.to_owned(),
        span: component.span,
        public: public.unwrap_or(false),
    })
}

fn is_public(route: &Field<'_>) -> Option<bool> {
    if route.value.is_table() {
        let private = route.table(&["private"])?.require("private")?;
        if private.boolean() == Some(false) {
            private.wrong("is false", "write `route = { private = true }`");
        }
        return Some(false);
    }
    match route.text()? {
        "/..." => Some(true),
        other => {
            let hint =
                "the gateway has \"/...\", others { private = true }; paths stand in tool.lyceum.routes";
            route.wrong(format_args!("is \"{other}\""), hint);
            None
        }
    }
}
