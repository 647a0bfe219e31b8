// Relationships by id
// Returns the rows (handle, id, body, days, version, revision) and the revisions that wrote them.
// :param ids => ['d1', 'firm']
// :param last => date('2025-12-31')
// :param first => date('2025-12-31')
// :param revision => 4611686018427387904
// mode: read
UNWIND $ids AS id
MATCH (lookup:Relationship {id: id})
MATCH ()-[f]->() WHERE elementId(f) = lookup.handle
WITH f WHERE f.valid_from <= $last AND f.valid_to > $first AND f.revision <= $revision
WITH collect([elementId(f), f.id, f.record, f.valid_from.year * 1000 + f.valid_from.ordinalDay, f.valid_to.year * 1000 + f.valid_to.ordinalDay, f.version, f.revision]) AS rows, collect(DISTINCT f.revision) AS numbers
RETURN rows, COLLECT { UNWIND numbers AS number MATCH (v:Revision {number: number}) RETURN [number, v.time, v.who] } AS revisions;
