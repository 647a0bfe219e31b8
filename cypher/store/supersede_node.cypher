// Supersede touchpoints, assessments, documents, exchange rates and periods taken away
// Returns nothing; each row becomes a :Superseded node that keeps what it said.
// :param handle => ['4:a:1']
// :param type => 'role'
// :param revision => 2
// mode: write
UNWIND $handle AS handle
MATCH (f) WHERE elementId(f) = handle
OPTIONAL MATCH (a)-[:MADE]->(f)
OPTIONAL MATCH (f)-[:TOWARD|JUDGES]->(b)
CREATE (s:Superseded)
SET s = properties(f), s.type = $type, s.source = a.id, s.target = b.id, s.superseded = $revision
DETACH DELETE f;
