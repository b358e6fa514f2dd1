//! How many courses of what is asked for there are of each level, language, category, tag and price.

use std::collections::BTreeMap;

use lyceum_kit::from_row;
use lyceum_kit::list::{ListQuery, OffsetPage, Scope};
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::listings::Catalogue;
use crate::domain::fields::Level;

/// What is counted at most.
const COUNTED: u32 = 10_000;
/// So many of the tags are told, those that most courses have.
const TAGS: i64 = 50;

/// So many courses have this in common.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Facet<T> {
    value: T,
    count: i64,
}

/// What the courses that are asked for have in common. What has none isn't there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Facets {
    /// How many there are, counted up to 10,000.
    count: i64,
    /// Whether there are, or may be, more than were counted.
    capped: bool,
    levels: Vec<Facet<Level>>,
    languages: Vec<Facet<String>>,
    category_ids: Vec<Facet<Uuid>>,
    /// Those 50 that most have, without case and accents.
    tags: Vec<Facet<String>>,
    /// How many cost nothing, and how many something.
    free: i64,
    paid: i64,
}

struct Group {
    level: Option<Level>,
    language: Option<String>,
    category_id: Option<Uuid>,
    is_free: i64,
    found: i64,
}
from_row!(Group { level, language, category_id, is_free, found });

struct TagGroup {
    tag: String,
    found: i64,
}
from_row!(TagGroup { tag, found });

/// Counts what the list would show.
pub(crate) fn facets(query: &ListQuery<Catalogue>) -> Result<Facets, Problem> {
    let (groups, tags) = counted(query, &mut lyceum_kit::sql::query)?;
    let (mut levels, mut languages, mut categories) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let (mut count, mut free) = (0, 0);
    for group in groups {
        count += group.found;
        free += group.is_free * group.found;
        add(&mut levels, group.level, group.found);
        add(&mut languages, group.language, group.found);
        add(&mut categories, group.category_id, group.found);
    }
    Ok(Facets {
        count,
        capped: count >= i64::from(COUNTED),
        levels: in_order(levels),
        languages: in_order(languages),
        category_ids: in_order(categories),
        tags: tags.into_iter().map(|TagGroup { tag, found }| Facet { value: tag, count: found }).collect(),
        free,
        paid: count - free,
    })
}

fn add<T: Ord>(counts: &mut BTreeMap<T, i64>, value: Option<T>, found: i64) {
    if let Some(value) = value {
        *counts.entry(value).or_insert(0) += found;
    }
}

/// The most first.
fn in_order<T>(counts: BTreeMap<T, i64>) -> Vec<Facet<T>> {
    let mut facets: Vec<Facet<T>> = counts.into_iter().map(|(value, count)| Facet { value, count }).collect();
    facets.sort_by_key(|facet| std::cmp::Reverse(facet.count));
    facets
}

type Ask<'a> = &'a mut dyn FnMut(Vec<Statement>) -> Result<Vec<lyceum_kit::sql::Rows>, SqlError>;

/// The page that the list would show if it were so long, counted by the database instead of read.
fn counted(query: &ListQuery<Catalogue>, ask: Ask<'_>) -> Result<(Vec<Group>, Vec<TagGroup>), Problem> {
    let page = OffsetPage::at(0, COUNTED).ok_or_else(Problem::internal)?;
    let mut counted = None;
    query.offset_page_by(&Scope::all(), page, &mut |statements| {
        // What isn't the page is what the list finds out before.
        let [page] = statements.as_slice() else { return ask(statements) };
        if !page.text().contains("short_description") {
            return ask(statements);
        }
        counted = Some(ask(vec![by_value(page), by_tag(page)])?);
        Ok(Vec::new())
    })?;
    let mut sets = counted.unwrap_or_default().into_iter();
    let mut next = || sets.next().unwrap_or_default();
    Ok((next().all().map_err(SqlError::from)?, next().all().map_err(SqlError::from)?))
}

fn by_value(page: &Statement) -> Statement {
    let text = format!(
        "SELECT f.level AS level, f.language AS language, f.category_id AS category_id, CASE WHEN f.price = 0 THEN 1 ELSE 0 END AS is_free, \
         CAST(COUNT(*) AS BIGINT) AS found FROM ({}) AS f GROUP BY f.level, f.language, f.category_id, \
         CASE WHEN f.price = 0 THEN 1 ELSE 0 END",
        page.text()
    );
    statement(text, page.params().to_vec())
}

fn by_tag(page: &Statement) -> Statement {
    let text = format!(
        "SELECT t.tag AS tag, CAST(COUNT(*) AS BIGINT) AS found FROM ({}) AS f \
         CROSS JOIN listing_tags t WHERE t.course_id = f.course_id GROUP BY t.tag ORDER BY found DESC, tag LIMIT {TAGS}",
        page.text()
    );
    statement(text, page.params().to_vec())
}
