// The values of roles that metrics read, by id
// Returns one list a column, one value a row.
// :param after => ''
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// :param limit => 100000
// mode: read
MATCH ()-[f:HAS_ROLE]->() USING INDEX f:HAS_ROLE(id) WHERE f.id > $after AND f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
WITH f ORDER BY f.id, f.valid_from LIMIT $limit
WITH collect(f) AS fs, collect(startNode(f).id) AS source, collect(endNode(f).id) AS target
RETURN [f IN fs | f.id] AS id,
  [f IN fs | f.valid_from.year * 1000 + f.valid_from.ordinalDay] AS valid_from,
  [f IN fs | f.valid_to.year * 1000 + f.valid_to.ordinalDay] AS valid_to,
  source,
  target,
  [f IN fs | f.role] AS kind,
  [f IN fs | f.product] AS product,
  [f IN fs | f.stage] AS stage,
  [f IN fs | f.tier] AS tier,
  [f IN fs | f.purpose] AS purpose,
  [f IN fs | f.confidence] AS confidence,
  [f IN fs | f.status] AS status,
  [f IN fs | f.documents] AS documents;
