// One revision a number
// Returns nothing.
// mode: auto
CREATE CONSTRAINT revision_number IF NOT EXISTS FOR (revision:Revision) REQUIRE revision.number IS UNIQUE;
