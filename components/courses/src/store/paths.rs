//! The SQL of learning paths.

use lyceum_kit::list::{List, Listing, Order, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::search::{Index, Search};
use lyceum_kit::sql::Table;

use crate::domain::path::LearningPath;

row!(versioned LearningPath in "learning_paths" {
    id, title, title_folded, description, image_url, status, visibility, is_open, courses, owner_id, version, created_at, updated_at
});

/// Those that everybody finds.
pub(crate) fn open() -> Scope {
    Scope::all().equal("is_open", true)
}

const BY_TITLE: Order = Order::text("title_folded").named("title");
pub(super) const WORDS: Index = Index::words("learning_path_words", "path_id", &[BY_TITLE]);

/// It is found by its words as long as everybody finds it.
pub(crate) fn found(path: &LearningPath) -> Vec<Statement> {
    if !path.is_open {
        return vec![WORDS.remove(path.id)];
    }
    let texts = [path.title.as_str(), path.description.as_deref().unwrap_or_default()];
    let text: String = texts.join("\n").chars().take(1_600).collect();
    WORDS.set(path.id, &params![&path.title_folded], &[&text])
}

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(path: &LearningPath) -> Vec<Statement> {
    let text = "DELETE FROM learning_paths WHERE id = $1 AND version = $2";
    vec![WORDS.remove(path.id), statement(text, params![path.id, path.version]).expect_rows(1)]
}

/// Nobody keeps the paths of this person any more.
pub(crate) fn without_owner(user_id: UserId) -> Statement {
    let text = "UPDATE learning_paths SET owner_id = NULL, version = version + 1, updated_at = $2 WHERE owner_id = $1";
    statement(text, params![user_id, clock::now()])
}

/// The paths of a person, by title.
pub(crate) fn of_owner(
    owner: UserId,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<LearningPath>, SqlError> {
    let (title, id) = after.map_or((String::new(), String::new()), |(title, id)| (title, id.to_string()));
    let which = "WHERE owner_id = $1 AND title_folded >= $2 AND (title_folded > $2 OR id > $3) \
                 ORDER BY title_folded, id LIMIT $4";
    query_all(LearningPath::select(which, params![owner, title, id, limit]))
}

/// Learning paths, of which a route shows those that everybody finds.
pub(crate) struct LearningPaths;

impl Listing for LearningPaths {
    type Row = LearningPath;
    const LIST: List = List::of(LearningPath::TABLE, LearningPath::COLUMN_LIST, "id", BY_TITLE)
        .orders(&[BY_TITLE])
        .searches(&[Search::by("q", WORDS).describe("Words of title and description, or how they begin.")]);
}
