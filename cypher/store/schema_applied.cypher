// Remember the version of the schema
// Returns nothing.
// :param version => 20
// :param time => '2025-12-31T00:00:00.000000Z'
// mode: write
MERGE (s:Schema {name: 'schema'})
SET s.version = $version, s.applied_at = $time;
