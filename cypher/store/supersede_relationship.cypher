// Supersede roles, relationships and value flows
// Returns nothing; each row becomes a :Superseded node that keeps what it said.
// :param handle => ['4:a:1']
// :param type => 'role'
// :param revision => 2
// mode: write
UNWIND $handle AS handle
MATCH (a)-[f]->(b) WHERE elementId(f) = handle
CREATE (s:Superseded)
SET s = properties(f), s.type = $type, s.source = a.id, s.target = b.id, s.superseded = $revision
DELETE f;
