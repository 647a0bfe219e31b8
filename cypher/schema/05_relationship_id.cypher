// Relationships of every kind by id
// Returns nothing; a relationship index is of one type, and kinds are types, so look-up nodes stand in for it.
// mode: auto
CREATE INDEX relationship_id IF NOT EXISTS FOR (lookup:Relationship) ON (lookup.id);
