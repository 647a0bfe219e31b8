// Take away the look-up nodes of superseded relationships
// Returns nothing.
// :param id => ['t1']
// :param handle => ['4:a:1']
// mode: write
UNWIND range(0, size($id) - 1) AS i
MATCH (lookup:Relationship {id: $id[i]}) WHERE lookup.handle = $handle[i]
DELETE lookup;
