// One revision an idempotency key
// Returns nothing.
// mode: auto
CREATE CONSTRAINT revision_key IF NOT EXISTS FOR (revision:Revision) REQUIRE revision.key IS UNIQUE;
