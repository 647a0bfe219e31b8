// One assessment an id
// Returns nothing.
// mode: auto
CREATE CONSTRAINT assessment_id IF NOT EXISTS FOR (assessment:Assessment) REQUIRE assessment.id IS UNIQUE;
