// Which authorities stand over our suppliers?
// Returns each party that regulates a supplier of the focal party, directly or one step further up, and not the focal party itself.
// title_zh: 哪些监管机构管辖我们的供应商？
// :param focal => 'haiyue'
// :param day => '2025-12-31'
// focal: focal
// mode: read
WITH date($day) AS day
MATCH (authority:Party)-[over:REGULATES]->(regulated:Party)-[supplies:HAS_ROLE {role: 'supplier'}]->(customer:Party)
WHERE over.valid_from <= day < over.valid_to AND supplies.valid_from <= day < supplies.valid_to
  AND (customer.id = $focal OR EXISTS {
    MATCH (customer)-[next:HAS_ROLE {role: 'supplier'}]->(:Party {id: $focal}) WHERE next.valid_from <= day < next.valid_to
  })
  AND NOT EXISTS { (authority)--(:Party {id: $focal}) }
WITH authority, regulated ORDER BY regulated.id
WITH authority, collect(DISTINCT regulated) AS plants
RETURN authority, authority.name AS name, [plant IN plants | plant.id] AS regulates
ORDER BY size(plants) DESC, authority.id;
