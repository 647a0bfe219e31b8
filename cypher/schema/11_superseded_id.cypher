// Superseded rows by type and id
// Returns nothing.
// mode: auto
CREATE INDEX superseded_id IF NOT EXISTS FOR (row:Superseded) ON (row.type, row.id);
