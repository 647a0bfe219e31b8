// Facts that name a document as evidence
// Returns their rows and the revisions that wrote them.
// :param document => 's1'
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// mode: read
CALL () {
  MATCH (:Party)-[f]->(:Party) WHERE $document IN f.documents
  RETURN f, CASE type(f) WHEN 'HAS_ROLE' THEN 'role' WHEN 'GIVES' THEN 'value_flow' ELSE 'relationship' END AS type
  UNION ALL
  MATCH (f:Touchpoint) WHERE $document IN f.documents RETURN f, 'touchpoint' AS type
  UNION ALL
  MATCH (f:Assessment) WHERE $document IN f.documents RETURN f, 'assessment' AS type
}
WITH f, type WHERE f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
WITH collect([elementId(f), f.id, f.record, f.valid_from.year * 1000 + f.valid_from.ordinalDay, f.valid_to.year * 1000 + f.valid_to.ordinalDay, f.version, f.revision, null, type]) AS rows, collect(DISTINCT f.revision) AS numbers
RETURN rows, COLLECT { UNWIND numbers AS number MATCH (v:Revision {number: number}) RETURN [number, v.time, v.who] } AS revisions;
