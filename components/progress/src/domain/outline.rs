//! What there is to learn in a published version, which never changes.

use lyceum_event_types::courses::{PublishedLesson, PublishedModule};
use lyceum_kit::prelude::*;

/// The modules of a version with their lessons, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outline {
    pub(crate) modules: Vec<PublishedModule>,
}

impl Outline {
    /// All lessons, with their modules' ids.
    pub(crate) fn lessons(&self) -> impl Iterator<Item = (Uuid, &PublishedLesson)> {
        self.modules.iter().flat_map(|module| module.lessons.iter().map(|lesson| (module.module_id, lesson)))
    }

    pub(crate) fn module(&self, module_id: Uuid) -> Option<&PublishedModule> {
        self.modules.iter().find(|module| module.module_id == module_id)
    }

    /// A lesson of this module.
    pub(crate) fn lesson(&self, module_id: Uuid, lesson_id: Uuid) -> Option<&PublishedLesson> {
        self.module(module_id)?.lessons.iter().find(|lesson| lesson.lesson_id == lesson_id)
    }

    /// A lesson in whatever module, with that module's id.
    pub(crate) fn find(&self, lesson_id: Uuid) -> Option<(Uuid, &PublishedLesson)> {
        self.lessons().find(|(_, lesson)| lesson.lesson_id == lesson_id)
    }

    /// The lesson with this quiz or assignment, with its module's id.
    pub(crate) fn with_item(&self, item_id: Uuid) -> Option<(Uuid, &PublishedLesson)> {
        self.lessons().find(|(_, lesson)| item(lesson) == Some(item_id))
    }

    /// Whether the version has a lesson at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.lessons().next().is_none()
    }
}

/// The quiz or assignment of a lesson, whose result completes it.
pub(crate) fn item(lesson: &PublishedLesson) -> Option<Uuid> {
    lesson.quiz_id.or(lesson.assignment_id)
}
