// Revisions by the token of their write
// Returns nothing; a write whose commit got no answer is looked up by it.
// mode: auto
CREATE INDEX revision_token IF NOT EXISTS FOR (revision:Revision) ON (revision.token);
