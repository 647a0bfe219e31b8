// The version of the schema that was applied
// Returns it, or nothing.
// mode: read
MATCH (s:Schema {name: 'schema'})
RETURN s.version AS version;
