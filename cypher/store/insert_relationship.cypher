// New relationships, each of the type that is its kind, with its look-up node
// Returns how many were written.
// :param id => ['x1']
// :param source => ['d1']
// :param target => ['firm']
// :param neo4j_type => ['OWNS']
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param kind => ['money']
// :param strength => []
// :param share => []
// :param interest => []
// :param partnership => []
// :param confidence => []
// :param status => []
// :param marking => []
// :param documents => []
// :param attributes => []
// :param record => ['{}']
// :param version => [1]
// :param revision => 1
// mode: write
UNWIND range(0, size($id) - 1) AS i
MATCH (a:Party {id: $source[i]})
MATCH (b:Party {id: $target[i]})
CREATE (a)-[f:$($neo4j_type[i]) {
  id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], kind: $kind[i], strength: $strength[i],
  share: $share[i], interest: $interest[i], partnership: $partnership[i], confidence: $confidence[i], status: $status[i], marking: $marking[i],
  documents: $documents[i], attributes: $attributes[i], record: $record[i], version: $version[i], revision: $revision
}]->(b)
CREATE (:Relationship {id: f.id, handle: elementId(f)})
RETURN count(*) AS written;
