// Superseded facts by the party that they go to
// Returns nothing.
// mode: auto
CREATE INDEX superseded_target IF NOT EXISTS FOR (row:Superseded) ON (row.target);
