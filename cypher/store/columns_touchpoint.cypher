// The values of touchpoints that metrics read, by id
// Returns one list a column, one value a row.
// :param after => ''
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// :param limit => 100000
// mode: read
MATCH (f:Touchpoint) USING INDEX f:Touchpoint(id) WHERE f.id > $after AND f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
MATCH (s:Party)-[:MADE]->(f)-[:TOWARD]->(t:Party)
WITH f, s, t ORDER BY f.id LIMIT $limit
WITH collect(f) AS fs, collect(s.id) AS source, collect(t.id) AS target
RETURN [f IN fs | f.id] AS id,
  [f IN fs | f.valid_from.year * 1000 + f.valid_from.ordinalDay] AS valid_from,
  [f IN fs | f.valid_to.year * 1000 + f.valid_to.ordinalDay] AS valid_to,
  source,
  target,
  [f IN fs | f.kind] AS kind,
  [f IN fs | f.product] AS product,
  [f IN fs | f.amount] AS amount,
  [f IN fs | f.currency] AS currency,
  [f IN fs | f.measure] AS measure,
  [f IN fs | f.value] AS value,
  [f IN fs | f.sentiment] AS sentiment,
  [f IN fs | f.confidence] AS confidence,
  [f IN fs | f.status] AS status,
  [f IN fs | f.documents] AS documents;
