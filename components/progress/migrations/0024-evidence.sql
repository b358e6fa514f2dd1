-- What somebody says shows it, that is none of our own courses, quizzes and assignments.
ALTER TABLE competency_evidence ADD COLUMN description TEXT;
ALTER TABLE competency_evidence ADD COLUMN url TEXT;
-- Who said so.
ALTER TABLE competency_evidence ADD COLUMN recorded_by TEXT;
CREATE INDEX competency_evidence_recorded ON competency_evidence (recorded_by) WHERE recorded_by IS NOT NULL;
