// Supersede slices of parties
// Returns nothing; each row becomes a :Superseded node that keeps what it said.
// :param handle => ['4:a:1']
// :param revision => 2
// mode: write
UNWIND $handle AS handle
MATCH (f) WHERE elementId(f) = handle
CREATE (s:Superseded)
SET s = properties(f), s.type = 'party', s.superseded = $revision
FOREACH (slice IN CASE WHEN f:PartySlice THEN [f] ELSE [] END | DETACH DELETE slice)
FOREACH (party IN CASE WHEN f:Party THEN [f] ELSE [] END | SET party = {id: s.id});
