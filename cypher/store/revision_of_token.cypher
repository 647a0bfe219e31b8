// The revision of one write
// Returns number, time, who, key, body hash, counts (JSON), import and answer.
// :param token => 't'
// mode: read
MATCH (v:Revision {token: $token})
RETURN v.number AS number, v.time AS time, v.who AS who, v.key AS key, v.body_hash AS body_hash, v.counts AS counts, v.import_id AS import_id, v.answer AS answer;
