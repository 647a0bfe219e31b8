// New periods taken away
// Returns nothing.
// :param id => ['x1']
// :param type => []
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param version => [1]
// :param revision => 1
// mode: write
UNWIND range(0, size($id) - 1) AS i
CREATE (:Retracted {type: $type[i], id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], version: $version[i], revision: $revision});
