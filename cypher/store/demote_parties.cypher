// Make what parties read a slice like any other
// Returns nothing.
// :param ids => ['d1', 'firm']
// mode: write
UNWIND $ids AS id
MATCH (p:Party {id: id}) WHERE p.record IS NOT NULL
CREATE (slice:PartySlice)-[:SLICE_OF]->(p)
SET slice = properties(p)
SET p = {id: id};
