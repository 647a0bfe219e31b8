// Let parties read as their newest slice
// Returns nothing.
// :param ids => ['d1', 'firm']
// mode: write
UNWIND $ids AS id
MATCH (p:Party {id: id})<-[:SLICE_OF]-(slice:PartySlice)
WITH p, slice ORDER BY slice.valid_from DESC
WITH p, collect(slice)[0] AS newest
SET p = properties(newest)
DETACH DELETE newest;
