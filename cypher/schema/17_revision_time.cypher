// Revisions by time
// Returns nothing.
// mode: auto
CREATE INDEX revision_time IF NOT EXISTS FOR (revision:Revision) ON (revision.time);
