// New roles
// Returns how many were written.
// :param id => ['x1']
// :param source => ['d1']
// :param target => ['firm']
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param role => []
// :param stage => []
// :param stage_reason => []
// :param reason_code => []
// :param decision_stage => []
// :param decision_role => []
// :param motives => []
// :param product => []
// :param region => []
// :param tier => []
// :param purpose => []
// :param confidence => []
// :param status => []
// :param marking => []
// :param documents => []
// :param attributes => []
// :param record => ['{}']
// :param version => [1]
// :param revision => 1
// mode: write
UNWIND range(0, size($id) - 1) AS i
MATCH (a:Party {id: $source[i]})
MATCH (b:Party {id: $target[i]})
CREATE (a)-[:HAS_ROLE {
  id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], role: $role[i], stage: $stage[i],
  stage_reason: $stage_reason[i], reason_code: $reason_code[i], decision_stage: $decision_stage[i], decision_role: $decision_role[i],
  motives: $motives[i], product: $product[i], region: $region[i], tier: $tier[i],
  purpose: $purpose[i], confidence: $confidence[i], status: $status[i], marking: $marking[i], documents: $documents[i],
  attributes: $attributes[i], record: $record[i], version: $version[i], revision: $revision
}]->(b)
RETURN count(*) AS written;
