// New assessments; nobody in particular may have made them
// Returns how many were written.
// :param id => ['x1']
// :param target => ['firm']
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param scheme => []
// :param values => []
// :param reason => []
// :param power => []
// :param legitimacy => []
// :param urgency => []
// :param interest => []
// :param closeness => []
// :param value => []
// :param profit_impact => []
// :param supply_risk => []
// :param confidence => []
// :param status => []
// :param marking => []
// :param documents => []
// :param attributes => []
// :param record => ['{}']
// :param version => [1]
// :param revision => 1
// :param source => ['d1']
// mode: write
UNWIND range(0, size($id) - 1) AS i
MATCH (b:Party {id: $target[i]})
CREATE (f:Assessment {
  id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], scheme: $scheme[i], values: $values[i],
  reason: $reason[i], power: $power[i], legitimacy: $legitimacy[i], urgency: $urgency[i], interest: $interest[i],
  closeness: $closeness[i], value: $value[i], profit_impact: $profit_impact[i], supply_risk: $supply_risk[i],
  confidence: $confidence[i], status: $status[i], marking: $marking[i], documents: $documents[i], attributes: $attributes[i],
  record: $record[i], version: $version[i], revision: $revision
})-[:JUDGES]->(b)
WITH f, $source[i] AS source
CALL (f, source) {
  MATCH (a:Party {id: source})
  CREATE (a)-[:MADE]->(f)
}
RETURN count(*) AS written;
