// The values of value flows that metrics read, by id
// Returns one list a column, one value a row.
// :param after => ''
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// :param limit => 100000
// mode: read
MATCH ()-[f:GIVES]->() USING INDEX f:GIVES(id) WHERE f.id > $after AND f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
WITH f ORDER BY f.id, f.valid_from LIMIT $limit
WITH collect(f) AS fs, collect(startNode(f).id) AS source, collect(endNode(f).id) AS target
RETURN [f IN fs | f.id] AS id,
  [f IN fs | f.valid_from.year * 1000 + f.valid_from.ordinalDay] AS valid_from,
  [f IN fs | f.valid_to.year * 1000 + f.valid_to.ordinalDay] AS valid_to,
  source,
  target,
  [f IN fs | f.kind] AS kind,
  [f IN fs | f.product] AS product,
  [f IN fs | f.amount] AS amount,
  [f IN fs | f.currency] AS currency,
  [f IN fs | f.quantity] AS quantity,
  [f IN fs | f.unit] AS unit,
  [f IN fs | f.in_return_for] AS in_return_for,
  [f IN fs | f.utility] AS utility,
  [f IN fs | f.satisfaction] AS grade,
  [f IN fs | f.importance] AS importance,
  [f IN fs | f.confidence] AS confidence,
  [f IN fs | f.status] AS status,
  [f IN fs | f.documents] AS documents;
