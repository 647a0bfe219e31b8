// Who sells on and uses it too?
// Returns each party that is a customer for its own use and has a role for resale, with the products of both.
// title_zh: 谁既转售又自用？
// :param focal => 'haiyue'
// :param day => '2025-12-31'
// focal: focal
// mode: read
WITH date($day) AS day
MATCH (party:Party)-[uses:HAS_ROLE {purpose: 'own_use'}]->(focal:Party {id: $focal})<-[sells:HAS_ROLE {purpose: 'resale'}]-(party)
WHERE uses.valid_from <= day < uses.valid_to AND sells.valid_from <= day < sells.valid_to
WITH party, uses, sells ORDER BY uses.product, sells.product
RETURN party, party.name AS name, collect(DISTINCT uses.product) AS uses, collect(DISTINCT sells.product) AS sells
ORDER BY party.id;
