//! Copies of courses: a request makes an empty draft, and a job fills it, part by part.
//!
//! A part's document is written before its row, under an id that is made of the copy's: what is done again writes the
//! same. As long as the copy isn't complete, nobody edits it, so that places have no gaps.

use lyceum_event_types::courses::JobContinued;
use lyceum_kit::job::{self, Import, Kind, RowWrites, Started};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::tabular::Format;

use crate::domain::bank::{Bank, BankFields};
use crate::domain::copying::{CopiedPart, Copying, Part};
use crate::domain::module::ModuleView;
use crate::store::contents::{self, BANK_CONTENTS, CONTENTS};
use crate::store::{banks, copies};

static CLONE: Import<CopiedPart> = Import::new("clone-course", |part| match part.part {
    Part::Bank => bank(&part),
    Part::Module => module(&part),
    Part::Lesson => lesson(&part),
    Part::End => Ok(RowWrites::new().execute(copies::ended(part.course_id))),
});

pub(crate) const KINDS: &[&dyn Kind] = &[&CLONE];

pub(crate) fn go_on(received: &Received, _: &JobContinued) -> Result<(), EventError> {
    job::on_continued(received, KINDS)
}

/// Begins the job that copies all parts.
pub(crate) fn start(copying: Copying) -> Result<Started, Problem> {
    let mut file = String::new();
    for part in copies::parts(copying)? {
        let line = serde_json::to_string(&part).map_err(|_| Problem::internal())?;
        file.push_str(&line);
        file.push('\n');
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Format::JsonLines.content_type()));
    CLONE.start(&headers, &Bytes::from(file), false)
}

fn gone() -> Problem {
    Problem::not_found("It was deleted before it was copied.")
}

fn bank(part: &CopiedPart) -> Result<RowWrites, Problem> {
    let copying = part.copying();
    let found = copies::bank(copying, part.id)?.ok_or_else(gone)?;
    let content = copying.bank(contents::read(&BANK_CONTENTS, &found.content_id)?);
    let content_id = copying.content_id_of(&found.content_id);
    contents::write_again(&BANK_CONTENTS, &Context::current().without_once(), &content_id, &content)?;
    let fields = BankFields {
        title: found.title.unwrap_or_else(|| "Question bank".to_owned()),
        description: found.description,
        questions: content.questions,
    };
    let bank = Bank::new(copying.course_id, content.bank_id, fields, content_id);
    Ok(RowWrites::new().execute(contents::held(&bank.content_id)).execute(bank.insert()))
}

fn module(part: &CopiedPart) -> Result<RowWrites, Problem> {
    let copying = part.copying();
    let found = copies::module(copying, part.id)?.ok_or_else(gone)?;
    let module = copying.module(ModuleView { order_index: part.order_index, ..found });
    Ok(RowWrites::new().execute(module.insert()))
}

fn lesson(part: &CopiedPart) -> Result<RowWrites, Problem> {
    let copying = part.copying();
    let module_id = part.module_id.ok_or_else(gone)?;
    let (mut found, content_id) = copies::lesson(copying, module_id, part.id)?.ok_or_else(gone)?;
    found.order_index = part.order_index;
    let content = copying.content(contents::read(&CONTENTS, &content_id)?);
    let content_id = copying.content_id_of(&content_id);
    contents::write_again(&CONTENTS, &Context::current().without_once(), &content_id, &content)?;
    let draws = content.fields.quiz.map(|quiz| quiz.draws).unwrap_or_default();
    let lesson = copying.lesson(found, content_id);
    Ok(RowWrites::new()
        .execute(contents::held(&lesson.content_id))
        .execute(lesson.insert())
        .execute_all(banks::draw(lesson.course_id, lesson.id, &draws)))
}
