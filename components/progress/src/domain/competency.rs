//! Competencies: what people become able to do, by what shows it.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const SOURCES: usize = 100;
/// Who is so far has mastered it.
const MASTERED: i64 = 100;

text_enum! {
    /// What shows that somebody is able.
    pub(crate) enum EvidenceKind {
        /// A course that was completed.
        Course = "course",
        /// A quiz that was passed.
        Quiz = "quiz",
        /// An assignment that was passed.
        Assignment = "assignment",
        /// Something of elsewhere, by the word of who teaches the person.
        External = "external",
    }
}

text_enum! {
    /// For whom it is.
    pub(crate) enum CompetencyLevel {
        /// Who begins.
        Beginner = "beginner",
        /// Who goes on.
        Intermediate = "intermediate",
        /// Who knows it.
        Advanced = "advanced",
    }
}

text_enum! {
    /// How far somebody is.
    pub(crate) enum CompetencyStatus {
        /// Nothing shows it.
        NotStarted = "not-started",
        /// Something does.
        InProgress = "in-progress",
        /// All of it.
        Mastered = "mastered",
    }
}

/// What shows it, and how far.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    #[serde(rename = "type")]
    pub(crate) kind: EvidenceKind,
    /// The course, quiz or assignment.
    pub(crate) reference_id: Uuid,
    /// From 1 to 100.
    #[schema(minimum = 1, maximum = 100)]
    pub(crate) level: i64,
}

/// What an administrator says of a competency.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompetencyFields {
    /// One line of 1 to 100 characters, which no other one has, in whatever case and with whatever accents.
    pub(crate) name: String,
    /// At most 4,096 characters.
    pub(crate) description: Option<String>,
    /// One line of at most 100 characters.
    pub(crate) category: Option<String>,
    pub(crate) level: Option<CompetencyLevel>,
    /// What shows it: at most 100, each thing once. The highest counts.
    #[serde(default)]
    pub(crate) sources: Vec<Source>,
}

/// A competency, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Competency {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) name_folded: String,
    pub(crate) description: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) level: Option<CompetencyLevel>,
    #[schema(value_type = Vec<Source>)]
    pub(crate) sources: AsJson<Vec<Source>>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl CompetencyFields {
    fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let name = valid.take("/name", Name::within(&self.name, 100)).map_or(String::new(), String::from);
        let paragraphs = text::optional(self.description.as_ref(), |text| text::paragraphs(text, 4_096));
        valid.take("/description", paragraphs);
        valid
            .take("/category", text::optional(self.category.as_ref(), |line| text::required_line(line, 100)));
        valid.check("/sources", self.sources.len() <= SOURCES, "TOO_MANY", "At most 100.");
        let ids: BTreeSet<Uuid> = self.sources.iter().map(|source| source.reference_id).collect();
        valid.check("/sources", ids.len() == self.sources.len(), "REPEATED", "One is there twice.");
        for (at, source) in self.sources.iter().enumerate() {
            let own = source.kind != EvidenceKind::External;
            valid.check(
                &format!("/sources/{at}/type"),
                own,
                "NOT_ALLOWED",
                "What is external is recorded by person.",
            );
            let fits = (1..=MASTERED).contains(&source.level);
            valid.check(&format!("/sources/{at}/level"), fits, "OUT_OF_RANGE", "Must be from 1 to 100.");
        }
        valid.into_result()?;
        Ok(Self { name, ..self })
    }
}

impl Competency {
    /// A new one.
    pub(crate) fn new(fields: CompetencyFields) -> Result<Self, Invalid> {
        let (id, now) = (ids::new(), clock::now());
        Ok(Self::of(id, fields.checked()?, 1, now, now))
    }

    /// Its next state with these fields. What people have acquired stays.
    pub(crate) fn with(&self, fields: CompetencyFields) -> Result<Self, Invalid> {
        Ok(Self::of(self.id, fields.checked()?, self.version + 1, self.created_at, clock::now()))
    }

    fn of(
        id: Uuid,
        fields: CompetencyFields,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> Self {
        let CompetencyFields { name, description, category, level, sources } = fields;
        Self {
            id,
            name_folded: text::fold(&name),
            name,
            description,
            category,
            level,
            sources: AsJson(sources),
            version,
            created_at,
            updated_at,
        }
    }
}

/// What somebody says of something of elsewhere.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceFields {
    /// What it is, such as a certificate of another school: one line of 1 to 200 characters.
    description: String,
    /// Where it can be seen.
    url: Option<String>,
    /// How far it shows the competency, from 1 to 100.
    #[schema(minimum = 1, maximum = 100)]
    level: i64,
}

impl EvidenceFields {
    /// That, of this competency.
    pub(crate) fn of(self, competency: &Competency, now: Timestamp) -> Result<Evidence, Invalid> {
        let mut valid = Validation::new();
        valid.take("/description", text::required_line(&self.description, 200));
        valid.take("/url", text::optional(self.url.as_ref(), text::web_address));
        let fits = (1..=MASTERED).contains(&self.level);
        valid.check("/level", fits, "OUT_OF_RANGE", "Must be from 1 to 100.");
        valid.into_result()?;
        Ok(Evidence {
            competency_id: competency.id,
            competency_name: competency.name.clone(),
            kind: EvidenceKind::External,
            reference_id: ids::new(),
            level: self.level,
            description: Some(self.description),
            url: self.url,
            recorded_at: now,
        })
    }
}

/// Something that shows that somebody is able.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Evidence {
    #[serde(skip)]
    pub(crate) competency_id: Uuid,
    #[serde(skip)]
    pub(crate) competency_name: String,
    #[serde(rename = "type")]
    pub(crate) kind: EvidenceKind,
    /// The course, quiz or assignment; of what is external, the record's own id.
    pub(crate) reference_id: Uuid,
    pub(crate) level: i64,
    /// Of what is external.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    pub(crate) recorded_at: Timestamp,
}

impl Evidence {
    /// Whether somebody recorded it of this competency.
    pub(crate) fn is_external_of(&self, competency_id: Uuid) -> bool {
        self.kind == EvidenceKind::External && self.competency_id == competency_id
    }
}

/// How far somebody is in a competency.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UserCompetency {
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) competency_id: Uuid,
    pub(crate) name: String,
    /// From 1 to 100: the highest level of what shows it.
    pub(crate) level: i64,
    pub(crate) status: CompetencyStatus,
    /// When something showed it for the first time.
    pub(crate) acquired_at: Timestamp,
    pub(crate) evidence: Vec<Evidence>,
}

/// How far somebody is in each competency of which something shows it.
pub(crate) fn acquired(user_id: UserId, evidence: Vec<Evidence>) -> Vec<UserCompetency> {
    let mut found: BTreeMap<Uuid, UserCompetency> = BTreeMap::new();
    for one in evidence {
        let own = found.entry(one.competency_id).or_insert_with(|| UserCompetency {
            user_id,
            competency_id: one.competency_id,
            name: one.competency_name.clone(),
            level: 0,
            status: CompetencyStatus::InProgress,
            acquired_at: one.recorded_at,
            evidence: Vec::new(),
        });
        own.level = own.level.max(one.level);
        own.acquired_at = own.acquired_at.min(one.recorded_at);
        if own.level >= MASTERED {
            own.status = CompetencyStatus::Mastered;
        }
        own.evidence.push(one);
    }
    found.into_values().collect()
}
