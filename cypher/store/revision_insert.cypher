// A new revision
// Returns nothing; the workspace's number moves with it.
// :param number => 1
// :param time => '2025-12-31T00:00:00.000000Z'
// :param who => null
// :param key => null
// :param body_hash => null
// :param counts => '{}'
// :param import_id => null
// :param answer => null
// :param token => 't'
// mode: write
MATCH (w:Workspace {name: 'workspace'})
SET w.revision = $number, w.time = $time
CREATE (:Revision {number: $number, time: $time, who: $who, key: $key, body_hash: $body_hash, counts: $counts, import_id: $import_id, answer: $answer, token: $token});
