// A page of superseded rows that were believed at a revision
// Returns how many, and unless they are only counted their rows (handle, id, body, days, version, revision) and the revisions that wrote them, by id.
// :param types => ['document']
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
UNWIND $types AS type
MATCH (f:Superseded {type: type}) USING INDEX f:Superseded(type, id)
WHERE f.record IS NOT NULL AND f.type IN $types AND f.id > $after
  AND f.valid_from <= $last AND f.valid_to > CASE WHEN f.type IN ['role', 'relationship'] THEN $first ELSE $event_first END
  AND f.revision <= $revision AND f.superseded > $revision
  AND ($kinds IS NULL OR coalesce(f.role, f.scheme, f.kind) IN $kinds)
  AND ($source IS NULL OR f.source = $source) AND ($target IS NULL OR f.target = $target) AND ($party IS NULL OR $party IN [f.source, f.target])
  AND ($kind IS NULL OR coalesce(f.role, f.scheme, f.kind) = $kind)
  AND ($role IS NULL OR f.role = $role)
  AND ($stage IS NULL OR f.stage = $stage)
  AND ($tier IS NULL OR f.tier = $tier)
  AND ($purpose IS NULL OR f.purpose = $purpose)
  AND ($product IS NULL OR f.product = $product)
WITH DISTINCT f ORDER BY CASE f.type WHEN 'role' THEN 1 WHEN 'relationship' THEN 2 WHEN 'value_flow' THEN 3 WHEN 'touchpoint' THEN 4 ELSE 5 END, f.id, f.valid_from LIMIT $limit
WITH count(*) AS total, collect(CASE WHEN $counted THEN null ELSE [elementId(f), f.id, f.record, f.valid_from.year * 1000 + f.valid_from.ordinalDay, f.valid_to.year * 1000 + f.valid_to.ordinalDay, f.version, f.revision, f.superseded, f.type] END) AS rows, collect(DISTINCT CASE WHEN $counted THEN null ELSE f.revision END) AS numbers
RETURN rows, total, COLLECT { UNWIND numbers AS number MATCH (v:Revision {number: number}) RETURN [number, v.time, v.who] } AS revisions;
