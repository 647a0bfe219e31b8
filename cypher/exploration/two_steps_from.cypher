// Who is two steps from the regulator?
// Returns each party that has no tie with this party but has one with a party that has, and those between.
// title_zh: 谁与监管方相隔两步？
// :param party => 'eco-bureau'
// :param day => '2025-12-31'
// mode: read
WITH date($day) AS day
MATCH (start:Party {id: $party})-[first]-(between:Party)-[second]-(reached:Party)
WHERE reached <> start AND first.valid_from <= day < first.valid_to AND second.valid_from <= day < second.valid_to
  AND NOT EXISTS { MATCH (start)-[direct]-(reached) WHERE direct.valid_from <= day < direct.valid_to }
WITH reached, between ORDER BY between.id
WITH reached, collect(DISTINCT between) AS through
RETURN reached, reached.name AS name, [party IN through | party.id] AS through, size(through) AS ways
ORDER BY ways DESC, reached.id;
