//! What is another in one version of a course than in another one.

use std::collections::BTreeMap;

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

text_enum! {
    /// What became of a module or a lesson.
    pub(crate) enum Change {
        /// It is in the later one alone.
        Added = "added",
        /// It is in the earlier one alone.
        Removed = "removed",
        /// It is in both, and not the same.
        Changed = "changed",
    }
}

/// All that a version, or the draft, says: names of fields with their values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whole {
    pub(crate) course: Map<String, Json>,
    /// By id, with their title and what else is said of them.
    pub(crate) modules: BTreeMap<Uuid, Map<String, Json>>,
    pub(crate) lessons: BTreeMap<Uuid, Map<String, Json>>,
}

/// What is another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Diff {
    /// Of the course itself.
    course: Vec<FieldChange>,
    modules: Vec<PartChange>,
    lessons: Vec<PartChange>,
}

/// A field of the course with both values.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct FieldChange {
    field: String,
    #[schema(value_type = Option<Object>)]
    from: Json,
    #[schema(value_type = Option<Object>)]
    to: Json,
}

/// A module or a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct PartChange {
    id: Uuid,
    /// As it is in the later one, if it is there.
    title: String,
    change: Change,
    /// Which fields are not the same: `content` for what there is to learn, `order_index` for the place, `module_id` for a
    /// lesson that went to another module.
    fields: Vec<String>,
}

impl Diff {
    pub(crate) fn between(from: &Whole, to: &Whole) -> Self {
        let course = differing(&from.course, &to.course)
            .into_iter()
            .map(|field| FieldChange {
                from: from.course.get(&field).cloned().unwrap_or_default(),
                to: to.course.get(&field).cloned().unwrap_or_default(),
                field,
            })
            .collect();
        Self {
            course,
            modules: parts(&from.modules, &to.modules),
            lessons: parts(&from.lessons, &to.lessons),
        }
    }
}

fn differing(from: &Map<String, Json>, to: &Map<String, Json>) -> Vec<String> {
    let names = from.keys().chain(to.keys().filter(|name| !from.contains_key(*name)));
    names.filter(|name| from.get(*name) != to.get(*name)).cloned().collect()
}

fn parts(
    from: &BTreeMap<Uuid, Map<String, Json>>,
    to: &BTreeMap<Uuid, Map<String, Json>>,
) -> Vec<PartChange> {
    let part = |id: &Uuid, fields: &Map<String, Json>, change, names| PartChange {
        id: *id,
        title: fields.get("title").and_then(Json::as_str).unwrap_or_default().to_owned(),
        change,
        fields: names,
    };
    let mut changes = Vec::new();
    for (id, before) in from {
        match to.get(id) {
            None => changes.push(part(id, before, Change::Removed, Vec::new())),
            Some(after) => {
                let names = differing(before, after);
                if !names.is_empty() {
                    changes.push(part(id, after, Change::Changed, names));
                }
            }
        }
    }
    let added = to.iter().filter(|(id, _)| !from.contains_key(*id));
    changes.extend(added.map(|(id, after)| part(id, after, Change::Added, Vec::new())));
    changes
}
