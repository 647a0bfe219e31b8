// Which suppliers stand behind two others?
// Returns each party without a tie to the focal party that supplies at least two of its suppliers, with these: what fails there fails twice.
// title_zh: 哪些供应商同时站在两家供应商背后？
// :param focal => 'haiyue'
// :param at_least => 2
// :param day => '2025-12-31'
// focal: focal
// mode: read
WITH date($day) AS day
MATCH (behind:Party)-[delivers:HAS_ROLE {role: 'supplier'}]->(supplier:Party)-[supplies:HAS_ROLE {role: 'supplier'}]->(focal:Party {id: $focal})
WHERE delivers.valid_from <= day < delivers.valid_to AND supplies.valid_from <= day < supplies.valid_to
  AND NOT EXISTS { (behind)--(focal) }
WITH behind, supplier ORDER BY supplier.id
WITH behind, collect(DISTINCT supplier) AS suppliers
WHERE size(suppliers) >= $at_least
RETURN behind, behind.name AS name, [supplier IN suppliers | supplier.id] AS suppliers, size(suppliers) AS stands_behind
ORDER BY stands_behind DESC, behind.id;
