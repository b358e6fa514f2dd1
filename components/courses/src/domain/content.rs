//! What there is to learn in a lesson.

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::assignment::{AssignmentFields, AssignmentView};
use super::lesson::LessonType;
use super::markup;
use super::question::Seed;
use super::quiz::{AskedQuiz, QuizFields, QuizView};

/// The longest text, in bytes of UTF-8.
const TEXT: usize = 200_000;
const ATTACHMENTS: usize = 20;

text_enum! {
    /// What the signs of a text mean.
    pub(crate) enum TextFormat {
        /// Markdown as CommonMark has it, with tables and strike-through.
        Markdown = "markdown",
        /// HTML.
        Html = "html",
    }
}

text_enum! {
    /// Where a film is.
    pub(crate) enum VideoProvider {
        /// On YouTube.
        Youtube = "youtube",
        /// On Vimeo.
        Vimeo = "vimeo",
        /// A file on any server.
        Internal = "internal",
    }
}

/// What a lesson's author gives.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContentFields {
    /// What a lesson of type `text` says, and what others may say beside: at most 200,000 bytes.
    pub(crate) text_content: Option<String>,
    /// `markdown` if not given.
    pub(crate) text_format: Option<TextFormat>,
    /// Of a lesson of type `video` alone, which has one: an http or https address.
    pub(crate) video_url: Option<String>,
    /// Of a lesson of type `video` alone; `internal` if not given.
    pub(crate) video_provider: Option<VideoProvider>,
    /// Of a lesson of type `link` alone, which has one: an http or https address.
    pub(crate) link_url: Option<String>,
    /// Of a lesson of type `quiz` alone, which has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quiz: Option<QuizFields>,
    /// Of a lesson of type `assignment` alone, which has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assignment: Option<AssignmentFields>,
    /// At most 20.
    #[serde(default)]
    pub(crate) attachments: Vec<Attachment>,
}

/// Something to be fetched beside a lesson.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attachment {
    /// One line of 1 to 200 characters.
    name: String,
    /// One line of at most 500 characters.
    description: Option<String>,
    /// An http or https address.
    file_url: String,
    /// Its media type, such as `application/pdf`; at most 100 characters.
    file_type: Option<String>,
    /// In bytes.
    #[schema(minimum = 0)]
    file_size: Option<i64>,
}

impl ContentFields {
    pub(super) fn check(&self, kind: LessonType, valid: &mut Validation) {
        valid.take("/content/text_content", self.check_text(kind));
        let video = kind == LessonType::Video;
        valid.take("/content/video_url", address_of(video, self.video_url.as_deref()));
        let named = self.video_provider.is_none() || video;
        valid.check("/content/video_provider", named, "NOT_ALLOWED", "Only a video has a provider.");
        let there = self.video_url.as_deref().is_none_or(|url| is_at(self.provider(), url));
        valid.check("/content/video_url", there, "PROVIDER", "That is no address of this provider.");
        let link = kind == LessonType::Link;
        valid.take("/content/link_url", address_of(link, self.link_url.as_deref()));
        let quiz = part_of(kind == LessonType::Quiz, self.quiz.as_ref(), valid, "/content/quiz");
        if let Some(quiz) = quiz {
            quiz.check("/content/quiz", valid);
        }
        let assigns = kind == LessonType::Assignment;
        if let Some(assignment) = part_of(assigns, self.assignment.as_ref(), valid, "/content/assignment") {
            assignment.check("/content/assignment", valid);
        }
        let few = self.attachments.len() <= ATTACHMENTS;
        valid.check("/content/attachments", few, "TOO_MANY", "At most 20.");
        for (at, attachment) in self.attachments.iter().enumerate() {
            attachment.check(&format!("/content/attachments/{at}"), valid);
        }
    }

    fn check_text(&self, kind: LessonType) -> Result<(), Violation> {
        let text = self.text_content.as_deref().unwrap_or_default();
        if text.trim().is_empty() && kind == LessonType::Text {
            return Err(Violation::new("REQUIRED", "A text says something."));
        }
        if text.len() > TEXT {
            return Err(Violation::new("TOO_LONG", format!("At most {TEXT} bytes.")));
        }
        text::paragraphs(text, TEXT)?;
        markup::check(self.format(), text)
    }

    /// The same, valid, in the form that is stored: complete, and with ids that tell no answer.
    pub(crate) fn stored(self, seed: Seed) -> Self {
        Self {
            quiz: self.quiz.map(|quiz| quiz.with_hidden_ids(seed)),
            assignment: self.assignment.map(AssignmentFields::complete),
            ..self
        }
    }

    fn format(&self) -> TextFormat {
        self.text_format.unwrap_or(TextFormat::Markdown)
    }

    fn provider(&self) -> VideoProvider {
        self.video_provider.unwrap_or(VideoProvider::Internal)
    }
}

impl Attachment {
    fn check(&self, at: &str, valid: &mut Validation) {
        valid.take(&format!("{at}/name"), text::required_line(&self.name, 200));
        let description = text::optional(self.description.as_ref(), |text| text::line(text, 500));
        valid.take(&format!("{at}/description"), description);
        valid.take(&format!("{at}/file_url"), text::web_address(&self.file_url));
        let file_type = text::optional(self.file_type.as_ref(), |text| text::line(text, 100));
        valid.take(&format!("{at}/file_type"), file_type);
        let possible = self.file_size.is_none_or(|bytes| bytes >= 0);
        valid.check(&format!("{at}/file_size"), possible, "OUT_OF_RANGE", "Must be at least 0.");
    }
}

/// An address that a lesson of its type has, and no other.
fn address_of(is_its_type: bool, address: Option<&str>) -> Result<(), Violation> {
    match address {
        Some(_) if !is_its_type => Err(Violation::new("NOT_ALLOWED", "A lesson of this type has none.")),
        Some(address) => text::web_address(address),
        None if is_its_type => Err(Violation::new("REQUIRED", "A lesson of this type has one.")),
        None => Ok(()),
    }
}

/// Something that a lesson of its type has, and no other.
fn part_of<'p, T>(is_its_type: bool, part: Option<&'p T>, valid: &mut Validation, at: &str) -> Option<&'p T> {
    valid.check(at, is_its_type || part.is_none(), "NOT_ALLOWED", "A lesson of this type has none.");
    valid.check(at, !is_its_type || part.is_some(), "REQUIRED", "A lesson of this type has one.");
    part
}

fn is_at(provider: VideoProvider, url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default().to_ascii_lowercase();
    let below = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    match provider {
        VideoProvider::Youtube => below("youtube.com") || below("youtu.be") || below("youtube-nocookie.com"),
        VideoProvider::Vimeo => below("vimeo.com"),
        VideoProvider::Internal => true,
    }
}

/// A content as it is stored: a document that is never changed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Content {
    pub(crate) course_id: Uuid,
    pub(crate) lesson_id: Uuid,
    #[serde(rename = "type")]
    pub(crate) kind: LessonType,
    pub(crate) fields: ContentFields,
    pub(crate) written_at: Timestamp,
}

/// A content as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContentView {
    /// As its author wrote it.
    text_content: Option<String>,
    text_format: Option<TextFormat>,
    /// The text as HTML that may be put into a page: without scripts, styles and forms.
    text_html: Option<String>,
    video_url: Option<String>,
    video_provider: Option<VideoProvider>,
    link_url: Option<String>,
    /// That of the lesson, if it is a quiz.
    quiz_id: Option<Uuid>,
    quiz: Option<QuizView>,
    /// That of the lesson, if it is an assignment.
    assignment_id: Option<Uuid>,
    assignment: Option<AssignmentView>,
    attachments: Vec<Attachment>,
}

impl ContentView {
    /// With the answers of a quiz for those who write it. Texts are made safe while they are read, so that a better rule
    /// holds for what was written before it, too.
    pub(crate) fn of(content: Content, writes: bool) -> Self {
        let (format, provider) = (content.fields.format(), content.fields.provider());
        let ContentFields { text_content, video_url, link_url, quiz, assignment, attachments, .. } =
            content.fields;
        let shown = |quiz: QuizFields| {
            if writes {
                QuizView::Whole(Box::new(quiz))
            } else {
                QuizView::Asked(Box::new(AskedQuiz::of(&quiz, clock::now())))
            }
        };
        Self {
            text_html: text_content.as_deref().map(|text| markup::to_html(format, text)),
            text_format: text_content.is_some().then_some(format),
            text_content,
            video_provider: video_url.is_some().then_some(provider),
            video_url,
            link_url,
            quiz_id: quiz.is_some().then_some(content.lesson_id),
            quiz: quiz.map(shown),
            assignment_id: assignment.is_some().then_some(content.lesson_id),
            assignment: assignment.map(AssignmentView::from),
            attachments,
        }
    }
}
