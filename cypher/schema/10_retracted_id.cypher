// Periods taken away by type and id
// Returns nothing.
// mode: auto
CREATE INDEX retracted_id IF NOT EXISTS FOR (row:Retracted) ON (row.type, row.id);
