// Who left and stays in touch?
// Returns each former employee who refers others, knows somebody here, or met with us after leaving, and how often.
// title_zh: 谁离职后仍保持联系？
// :param focal => 'haiyue'
// :param day => '2025-12-31'
// focal: focal
// mode: read
WITH date($day) AS day
MATCH (person:Alumni)-[left:HAS_ROLE {role: 'alumni'}]->(:Party {id: $focal})
WHERE left.valid_from <= day < left.valid_to
WITH person, min(left.valid_from) AS left_on, day
WITH person, left_on,
  COLLECT { MATCH (person)-[r:REFERS]->(referred:Party) WHERE left_on <= r.valid_from <= day RETURN referred.id ORDER BY referred.id } AS refers,
  COUNT { MATCH (person)-[:MADE]->(t:Touchpoint) WHERE left_on <= t.valid_from <= day }
    + COUNT { MATCH (person)<-[:TOWARD]-(t:Touchpoint) WHERE left_on <= t.valid_from <= day } AS touchpoints
WHERE refers <> [] OR touchpoints > 0
RETURN person, person.name AS name, left_on, refers, touchpoints
ORDER BY size(refers) DESC, touchpoints DESC, person.id;
