//! What courses, enrolments, payments and progress publish is as its schemas say.

use lyceum_event_types::{
    courses::{
        self, CourseCreated, CourseDeleted, CoursePublished, CourseUpdated, LearningPathChanged,
        LearningPathCourse, LearningPathDeleted, PublishedLesson, PublishedModule, RequiredCompetency,
        Status, Visibility,
    },
    enrollments::{
        self, EndReason, EnrollmentCompleted, EnrollmentDeleted, EnrollmentFailed, EnrollmentRequested,
        EnrollmentUpdated, EnrollmentWaitlisted, FailureReason, UserEnrolled,
    },
    payments::{PaymentCancelled, PaymentCompleted, PaymentFailed, PaymentRequested},
    progress::{
        self, AchievementEarned, AssignmentDueSoon, AssignmentGraded, AssignmentSubmitted, CertificateIssued,
        CompetencyAcquired, CompetencyDefined, CompetencyRemoved, CourseCompleted, LessonCompleted,
        ProgressUpdated, QuizCompleted,
    },
};
use lyceum_kit::prelude::Uuid;
use lyceum_kit::{clock, ids};
use lyceum_testing::contract::assert_published;

#[test]
fn what_courses_publishes_is_as_its_schemas_say() {
    let (course_id, person, at) = (ids::new(), ids::new(), clock::now());
    let instructor_ids = vec![person.into()];
    let title = "Baking".to_owned();
    assert_published(&[CourseCreated {
        course_id,
        title: title.clone(),
        instructor_ids: instructor_ids.clone(),
        created_at: at,
    }]);
    for other in [None, Some(ids::new())] {
        let currency = other.map(|_| "EUR".to_owned());
        assert_published(&Status::ALL.map(|status| CourseUpdated {
            course_id,
            title: title.clone(),
            instructor_ids: instructor_ids.clone(),
            status,
            visibility: Visibility::Public,
            organization_id: other,
            price: 0,
            currency: currency.clone(),
            published_version: other.map(|_| 1),
            updated_at: at,
        }));
        let lesson = PublishedLesson {
            lesson_id: ids::new(),
            kind: "quiz".into(),
            quiz_id: other,
            assignment_id: other,
        };
        assert_published(&Visibility::ALL.map(|visibility| CoursePublished {
            course_id,
            version: 1,
            title: title.clone(),
            instructor_ids: instructor_ids.clone(),
            visibility,
            organization_id: other,
            price: 0,
            currency: currency.clone(),
            prerequisites: other.into_iter().collect(),
            required_competencies: other.into_iter().map(required).collect(),
            modules: vec![PublishedModule { module_id: ids::new(), lessons: vec![lesson.clone()] }],
            published_at: at,
        }));
    }
    assert_published(&[courses::JobContinued { job_id: ids::new() }]);
    assert_published(&[CourseDeleted { course_id, deleted_at: at }]);
}

#[test]
fn what_enrollments_publishes_is_as_its_schemas_say() {
    let (enrollment_id, course_id, user_id, at) = (ids::new(), ids::new(), ids::new().into(), clock::now());
    let title = "Baking".to_owned();
    assert_published(&[EnrollmentRequested { enrollment_id, course_id, user_id, requested_at: at }]);
    for day in [None, Some(at)] {
        let (starts_at, expires_at, course_version) = (day, day, 2);
        assert_published(&[UserEnrolled {
            enrollment_id,
            course_id,
            course_title: title.clone(),
            course_version,
            user_id,
            starts_at,
            expires_at,
            enrolled_at: at,
        }]);
        let updated_at = at;
        assert_published(&[EnrollmentUpdated {
            enrollment_id,
            course_id,
            course_version,
            user_id,
            starts_at,
            expires_at,
            updated_at,
        }]);
        assert_published(&FailureReason::ALL.map(|reason| EnrollmentFailed {
            enrollment_id,
            course_id,
            course_title: day.map(|_| title.clone()),
            user_id,
            reason,
            failed_at: at,
        }));
    }
    assert_published(&[EnrollmentWaitlisted {
        enrollment_id,
        course_id,
        course_title: title,
        user_id,
        waitlisted_at: at,
    }]);
    assert_published(&[EnrollmentCompleted { enrollment_id, course_id, user_id, completed_at: at }]);
    assert_published(&EndReason::ALL.map(|reason| EnrollmentDeleted {
        enrollment_id,
        course_id,
        user_id,
        reason,
        deleted_at: at,
    }));
    assert_published(&[enrollments::JobContinued { job_id: ids::new() }]);
}

#[test]
fn what_enrolments_and_payments_say_to_each_other_is_as_its_schemas_say() {
    let (enrollment_id, payment_id, user_id, at) = (ids::new(), ids::new(), ids::new().into(), clock::now());
    let (amount, currency) = (4_900, "EUR".to_owned());
    assert_published(&[PaymentRequested {
        enrollment_id,
        course_id: ids::new(),
        course_title: "Baking".into(),
        user_id,
        amount,
        currency: currency.clone(),
        requested_at: at,
        expires_at: at,
    }]);
    assert_published(&[PaymentCancelled { enrollment_id, user_id, cancelled_at: at }]);
    for enrollment_id in [None, Some(enrollment_id)] {
        let currency = currency.clone();
        assert_published(&[PaymentCompleted {
            payment_id,
            enrollment_id,
            user_id,
            amount,
            currency: currency.clone(),
            completed_at: at,
        }]);
        assert_published(&[PaymentFailed {
            payment_id,
            enrollment_id,
            user_id,
            amount,
            currency,
            error_message: "refused".into(),
            failed_at: at,
        }]);
    }
}

#[test]
fn what_courses_publishes_of_learning_paths_is_as_its_schemas_say() {
    let (learning_path_id, at) = (ids::new(), clock::now());
    let course = LearningPathCourse { course_id: ids::new(), required: true };
    assert_published(&[LearningPathChanged {
        learning_path_id,
        title: "A baker".into(),
        is_open: true,
        courses: vec![course],
        changed_at: at,
    }]);
    assert_published(&[LearningPathDeleted { learning_path_id, deleted_at: at }]);
}

#[test]
fn what_progress_publishes_of_learning_is_as_its_schemas_say() {
    let (user_id, course_id, module_id, lesson_id) = (ids::new().into(), ids::new(), ids::new(), ids::new());
    let at = clock::now();
    assert_published(&[ProgressUpdated {
        user_id,
        course_id,
        module_id,
        lesson_id,
        percent_complete: 33.33,
        course_percent_complete: 0.0,
        updated_at: at,
    }]);
    assert_published(&[LessonCompleted { user_id, course_id, module_id, lesson_id, completed_at: at }]);
    assert_published(&[CourseCompleted {
        enrollment_id: ids::new(),
        user_id,
        course_id,
        course_title: "Baking".into(),
        course_version: 1,
        completed_at: at,
    }]);
    assert_published(&[AchievementEarned {
        user_id,
        achievement_id: ids::new(),
        achievement_name: "Baker".into(),
        earned_at: at,
    }]);
    let (competency_id, competency_name) = (ids::new(), "Baking".to_owned());
    assert_published(&[CompetencyDefined { competency_id, competency_name, defined_at: at }]);
    assert_published(&[CompetencyRemoved { competency_id, removed_at: at }]);
    assert_published(&[CompetencyAcquired {
        user_id,
        competency_id: ids::new(),
        competency_name: "Kneading".into(),
        level: 100,
        acquired_at: at,
    }]);
    assert_published(&[CertificateIssued {
        certificate_id: ids::new(),
        user_id,
        course_id,
        course_title: "Baking".into(),
        issued_at: at,
    }]);
    assert_published(&[progress::JobContinued { job_id: ids::new() }]);
}

#[test]
fn what_progress_publishes_of_grades_is_as_its_schemas_say() {
    let (user_id, course_id, assignment_id, at) = (ids::new().into(), ids::new(), ids::new(), clock::now());
    let submission_id = ids::new();
    for passed in [false, true] {
        assert_published(&[QuizCompleted {
            attempt_id: ids::new(),
            user_id,
            course_id,
            quiz_id: ids::new(),
            score: 50.0,
            passed,
            completed_at: at,
        }]);
    }
    assert_published(&[AssignmentSubmitted {
        submission_id,
        user_id,
        course_id,
        assignment_id,
        submitted_at: at,
    }]);
    assert_published(&[AssignmentGraded {
        submission_id,
        user_id,
        course_id,
        assignment_id,
        score: 100.0,
        graded_at: at,
    }]);
    assert_published(&[AssignmentDueSoon {
        assignment_id,
        course_id,
        title: "A loaf".into(),
        due_date: at,
        user_ids: vec![user_id],
    }]);
}

fn required(competency_id: Uuid) -> RequiredCompetency {
    RequiredCompetency { competency_id, competency_name: "Kneading".into(), level: 60 }
}
