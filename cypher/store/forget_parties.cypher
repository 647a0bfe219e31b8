// Take away the nodes of parties of which nothing is left
// Returns nothing.
// :param ids => ['d1', 'firm']
// mode: write
UNWIND $ids AS id
MATCH (p:Party {id: id}) WHERE p.record IS NULL AND NOT EXISTS { (p)--() }
DELETE p;
