// Who left and came back?
// Returns each role that was lapsed and is or was returned later, with the days of both, also those that lapsed and did not return.
// title_zh: 谁离开后又回来了？
// :param focal => 'haiyue'
// focal: focal
// mode: read
MATCH (party:Party)-[lapsed:HAS_ROLE {stage: 'lapsed'}]->(:Party {id: $focal})
OPTIONAL MATCH (party)-[returned:HAS_ROLE {id: lapsed.id, stage: 'returned'}]->()
WHERE returned.valid_from >= lapsed.valid_to
WITH party, lapsed, min(returned.valid_from) AS returned
RETURN party, party.name AS name, lapsed.role AS role, lapsed.valid_from AS lapsed_on, returned AS returned_on
ORDER BY returned_on IS NULL, returned_on DESC, party.id;
