// Revisions after a number
// Returns by number number, time, who, key, body hash, counts (JSON), import and answer.
// :param after => 0
// :param limit => 100
// mode: read
MATCH (v:Revision) WHERE v.number > $after
RETURN v.number AS number, v.time AS time, v.who AS who, v.key AS key, v.body_hash AS body_hash, v.counts AS counts, v.import_id AS import_id, v.answer AS answer ORDER BY v.number LIMIT $limit;
