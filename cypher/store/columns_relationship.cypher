// The values of relationships that metrics read, by id
// Returns one list a column, one value a row.
// :param after => ''
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// :param limit => 100000
// mode: read
MATCH (lookup:Relationship) USING INDEX lookup:Relationship(id) WHERE lookup.id > $after
MATCH ()-[f]->() WHERE elementId(f) = lookup.handle AND f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
WITH lookup, f ORDER BY lookup.id, f.valid_from LIMIT $limit
WITH collect(f) AS fs, collect(startNode(f).id) AS source, collect(endNode(f).id) AS target
RETURN [f IN fs | f.id] AS id,
  [f IN fs | f.valid_from.year * 1000 + f.valid_from.ordinalDay] AS valid_from,
  [f IN fs | f.valid_to.year * 1000 + f.valid_to.ordinalDay] AS valid_to,
  source,
  target,
  [f IN fs | f.kind] AS kind,
  [f IN fs | f.strength] AS strength,
  [f IN fs | f.share] AS share,
  [f IN fs | f.confidence] AS confidence,
  [f IN fs | f.status] AS status,
  [f IN fs | f.documents] AS documents;
