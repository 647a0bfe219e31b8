// Who gives and gets nothing?
// Returns each party that gave the focal party something in the twelve months up to the day and got nothing from it, with the kinds given; who pays for a product gets it.
// title_zh: 谁只付出而没有回报？
// :param focal => 'haiyue'
// :param day => '2025-12-31'
// focal: focal
// mode: read
WITH date($day) AS last, date($day) - duration({months: 12}) AS first
MATCH (party:Party)-[given:GIVES]->(focal:Party {id: $focal})
WHERE party <> focal AND given.valid_from <= last AND given.valid_to > first AND NOT (given.kind = 'money' AND given.product IS NOT NULL)
  AND NOT EXISTS { MATCH (focal)-[back:GIVES]->(party) WHERE back.valid_from <= last AND back.valid_to > first }
WITH party, given ORDER BY given.kind
WITH party, collect(DISTINCT given.kind) AS kinds, count(given) AS flows
RETURN party, party.name AS name, kinds, flows
ORDER BY size(kinds) DESC, flows DESC, party.id;
