// The records of roles, relationships and value flows whose ids of Neo4j's own are in a range
// Returns them, how many relationships of any kind are in the range, how many there are at all, and the newest revision.
// :param low => 0
// :param high => 20000
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param all => true
// :param revision => 4611686018427387904
// mode: read
MATCH ()-[f]->() WHERE id(f) IN range($low, $high - 1)
WITH count(f) AS seen, collect(CASE
  WHEN NOT ($all OR f.revision <= $revision) THEN null
  WHEN f:GIVES THEN f.record
  WHEN f.valid_from <= $last AND f.valid_to > $first THEN f.record
END) AS records
RETURN records, seen, COUNT { ()-[]->() } AS total, COLLECT { MATCH (w:Workspace {name: 'workspace'}) RETURN w.revision } AS head;
