// Superseded facts by the party that they come from
// Returns nothing.
// mode: auto
CREATE INDEX superseded_source IF NOT EXISTS FOR (row:Superseded) ON (row.source);
