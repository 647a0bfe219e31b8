// The revision of an idempotency key
// Returns number, time, who, key, body hash, counts (JSON), import and answer.
// :param key => 'k1'
// mode: read
MATCH (v:Revision {key: $key})
RETURN v.number AS number, v.time AS time, v.who AS who, v.key AS key, v.body_hash AS body_hash, v.counts AS counts, v.import_id AS import_id, v.answer AS answer;
