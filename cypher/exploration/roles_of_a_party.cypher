// What is one party toward everyone?
// Returns its roles over time with stage, product and purpose, and toward whom.
// title_zh: 一个相关方对各方分别扮演什么角色？
// :param party => 'jiangnan-supply'
// mode: read
MATCH (:Party {id: $party})-[role:HAS_ROLE]->(toward:Party)
RETURN role, role.role AS name, toward, role.stage AS stage, role.product AS product, role.purpose AS purpose, role.valid_from AS valid_from, role.valid_to AS valid_to
ORDER BY toward.id, role.role, role.product, role.valid_from;
