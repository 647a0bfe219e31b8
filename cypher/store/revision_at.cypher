// The newest revision at a time
// Returns its number, or nothing.
// :param time => '2025-12-31T00:00:00.000000Z'
// mode: read
MATCH (v:Revision) WHERE v.time <= $time
RETURN v.number AS number ORDER BY v.time DESC, v.number DESC LIMIT 1;
