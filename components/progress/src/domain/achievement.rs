//! Achievements: what people earn by what they have done.

use std::collections::BTreeSet;

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const COUNT: i64 = 1_000_000;
const POINTS: i64 = 1_000_000;

/// What has to be so.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Earning {
    /// So many courses were completed, by enrolment.
    CoursesCompleted { count: i64 },
    /// So many lessons were completed.
    LessonsCompleted { count: i64 },
    /// In so many quizzes everything was right.
    PerfectQuizzes { count: i64 },
    /// This course was completed.
    CourseCompleted { course_id: Uuid },
}

/// What somebody has done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Done {
    pub(crate) courses_completed: i64,
    pub(crate) lessons_completed: i64,
    pub(crate) perfect_quizzes: i64,
    pub(crate) courses: BTreeSet<Uuid>,
}

impl Earning {
    pub(crate) fn is_met(&self, done: &Done) -> bool {
        match self {
            Self::CoursesCompleted { count } => done.courses_completed >= *count,
            Self::LessonsCompleted { count } => done.lessons_completed >= *count,
            Self::PerfectQuizzes { count } => done.perfect_quizzes >= *count,
            Self::CourseCompleted { course_id } => done.courses.contains(course_id),
        }
    }

    const fn count(&self) -> i64 {
        match self {
            Self::CoursesCompleted { count }
            | Self::LessonsCompleted { count }
            | Self::PerfectQuizzes { count } => *count,
            Self::CourseCompleted { .. } => 1,
        }
    }
}

const fn yes() -> bool {
    true
}

/// What an administrator says of an achievement.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AchievementFields {
    /// One line of 1 to 100 characters, which no other one has, in whatever case and with whatever accents.
    pub(crate) name: String,
    /// At most 4,096 characters.
    pub(crate) description: Option<String>,
    /// An http or https address.
    pub(crate) image_url: Option<String>,
    /// One line of at most 100 characters.
    pub(crate) category: Option<String>,
    /// 0 to 1,000,000; 0 if not given.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub(crate) points: i64,
    /// What has to be so. Counts go from 1 to 1,000,000.
    pub(crate) criteria: Earning,
    /// Whether it can be earned; it can if not said.
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

/// An achievement, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Achievement {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) name_folded: String,
    pub(crate) description: Option<String>,
    pub(crate) image_url: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) points: i64,
    #[serde(rename = "criteria")]
    #[schema(value_type = Earning)]
    pub(crate) criterion: AsJson<Earning>,
    pub(crate) active: bool,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl AchievementFields {
    fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let name = valid.take("/name", Name::within(&self.name, 100)).map_or(String::new(), String::from);
        let paragraphs = text::optional(self.description.as_ref(), |text| text::paragraphs(text, 4_096));
        valid.take("/description", paragraphs);
        valid.take("/image_url", text::optional(self.image_url.as_ref(), text::web_address));
        valid
            .take("/category", text::optional(self.category.as_ref(), |line| text::required_line(line, 100)));
        let points = (0..=POINTS).contains(&self.points);
        valid.check("/points", points, "OUT_OF_RANGE", "Must be from 0 to 1,000,000.");
        let count = (1..=COUNT).contains(&self.criteria.count());
        valid.check("/criteria/count", count, "OUT_OF_RANGE", "Must be from 1 to 1,000,000.");
        valid.into_result()?;
        Ok(Self { name, ..self })
    }
}

impl Achievement {
    /// A new one.
    pub(crate) fn new(fields: AchievementFields) -> Result<Self, Invalid> {
        let (id, now) = (ids::new(), clock::now());
        Ok(Self::of(id, fields.checked()?, 1, now, now))
    }

    /// Its next state with these fields.
    pub(crate) fn with(&self, fields: AchievementFields) -> Result<Self, Invalid> {
        Ok(Self::of(self.id, fields.checked()?, self.version + 1, self.created_at, clock::now()))
    }

    fn of(
        id: Uuid,
        fields: AchievementFields,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> Self {
        let AchievementFields { name, description, image_url, category, points, criteria, active } = fields;
        Self {
            id,
            name_folded: text::fold(&name),
            name,
            description,
            image_url,
            category,
            points,
            criterion: AsJson(criteria),
            active,
            version,
            created_at,
            updated_at,
        }
    }
}

/// An achievement that somebody has, as it was when they earned it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UserAchievement {
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) achievement_id: Uuid,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) image_url: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) points: i64,
    pub(crate) earned_at: Timestamp,
}
