// A page of value flows
// Returns how many, and unless they are only counted their rows (handle, id, body, days, version, revision) and the revisions that wrote them, by id.
// :param after => ''
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// :param kind => null
// :param role => null
// :param stage => null
// :param tier => null
// :param purpose => null
// :param product => null
// :param limit => 100
// :param counted => false
// mode: read
MATCH ()-[f:GIVES]->() USING INDEX f:GIVES(id)
WHERE f.id > $after AND f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
  AND ($kind IS NULL OR f.kind = $kind)
  AND ($role IS NULL OR f.role = $role)
  AND ($stage IS NULL OR f.stage = $stage)
  AND ($tier IS NULL OR f.tier = $tier)
  AND ($purpose IS NULL OR f.purpose = $purpose)
  AND ($product IS NULL OR f.product = $product)
WITH f ORDER BY f.id, f.valid_from LIMIT $limit
WITH count(*) AS total, collect(CASE WHEN $counted THEN null ELSE [elementId(f), f.id, f.record, f.valid_from.year * 1000 + f.valid_from.ordinalDay, f.valid_to.year * 1000 + f.valid_to.ordinalDay, f.version, f.revision] END) AS rows, collect(DISTINCT CASE WHEN $counted THEN null ELSE f.revision END) AS numbers
RETURN rows, total, COLLECT { UNWIND numbers AS number MATCH (v:Revision {number: number}) RETURN [number, v.time, v.who] } AS revisions;
