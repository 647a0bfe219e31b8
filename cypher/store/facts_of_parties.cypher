// Facts that name one of some parties
// Returns how many, and unless they are only counted their rows (handle, id, body, days, version, revision) and the revisions that wrote them, by type and id.
// :param parties => ['firm']
// :param types => ['role', 'value_flow']
// :param after => ''
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param event_first => date('0001-01-01')
// :param revision => 4611686018427387904
// :param kinds => null
// :param source => null
// :param target => null
// :param party => null
// :param kind => null
// :param role => null
// :param stage => null
// :param tier => null
// :param purpose => null
// :param product => null
// :param limit => 100
// :param counted => false
// mode: read
UNWIND $parties AS id
MATCH (p:Party {id: id})
CALL (p) {
  MATCH (p)-[f]-(:Party)
  RETURN f, startNode(f).id AS source, endNode(f).id AS target, CASE type(f) WHEN 'HAS_ROLE' THEN 'role' WHEN 'GIVES' THEN 'value_flow' ELSE 'relationship' END AS type
  UNION ALL
  MATCH (p)-[:MADE]->(f:Touchpoint)-[:TOWARD]->(t:Party) RETURN f, p.id AS source, t.id AS target, 'touchpoint' AS type
  UNION ALL
  MATCH (p)<-[:TOWARD]-(f:Touchpoint)<-[:MADE]-(s:Party) RETURN f, s.id AS source, p.id AS target, 'touchpoint' AS type
  UNION ALL
  MATCH (p)-[:MADE]->(f:Assessment)-[:JUDGES]->(t:Party) RETURN f, p.id AS source, t.id AS target, 'assessment' AS type
  UNION ALL
  MATCH (p)<-[:JUDGES]-(f:Assessment) OPTIONAL MATCH (f)<-[:MADE]-(s:Party) RETURN f, s.id AS source, p.id AS target, 'assessment' AS type
}
WITH f, source, target, type
WHERE type IN $types AND f.id > $after
  AND f.valid_from <= $last AND f.valid_to > CASE WHEN type IN ['role', 'relationship'] THEN $first ELSE $event_first END AND f.revision <= $revision
  AND ($kinds IS NULL OR coalesce(f.role, f.scheme, f.kind) IN $kinds)
  AND ($source IS NULL OR source = $source) AND ($target IS NULL OR target = $target) AND ($party IS NULL OR $party IN [source, target])
  AND ($kind IS NULL OR coalesce(f.role, f.scheme, f.kind) = $kind)
  AND ($role IS NULL OR f.role = $role)
  AND ($stage IS NULL OR f.stage = $stage)
  AND ($tier IS NULL OR f.tier = $tier)
  AND ($purpose IS NULL OR f.purpose = $purpose)
  AND ($product IS NULL OR f.product = $product)
WITH DISTINCT f, type ORDER BY CASE type WHEN 'role' THEN 1 WHEN 'relationship' THEN 2 WHEN 'value_flow' THEN 3 WHEN 'touchpoint' THEN 4 ELSE 5 END, f.id, f.valid_from LIMIT $limit
WITH count(*) AS total, collect(CASE WHEN $counted THEN null ELSE [elementId(f), f.id, f.record, f.valid_from.year * 1000 + f.valid_from.ordinalDay, f.valid_to.year * 1000 + f.valid_to.ordinalDay, f.version, f.revision, null, type] END) AS rows, collect(DISTINCT CASE WHEN $counted THEN null ELSE f.revision END) AS numbers
RETURN rows, total, COLLECT { UNWIND numbers AS number MATCH (v:Revision {number: number}) RETURN [number, v.time, v.who] } AS revisions;
