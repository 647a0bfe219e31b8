// The records of further slices of parties, by id
// Returns one list a column, one value a row.
// :param after => ''
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// :param limit => 100000
// mode: read
MATCH (f:PartySlice) USING INDEX f:PartySlice(id) WHERE f.id > $after AND f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
WITH f ORDER BY f.id, f.valid_from LIMIT $limit
WITH collect(f) AS fs
RETURN [f IN fs | f.id] AS id,
  [f IN fs | f.valid_from.year * 1000 + f.valid_from.ordinalDay] AS valid_from,
  [f IN fs | f.valid_to.year * 1000 + f.valid_to.ordinalDay] AS valid_to,
  [f IN fs | f.record] AS record;
