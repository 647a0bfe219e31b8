// New touchpoints
// Returns how many were written.
// :param id => ['x1']
// :param source => ['d1']
// :param target => ['firm']
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param kind => ['money']
// :param occurred_at => []
// :param channel => []
// :param text => []
// :param topics => []
// :param sentiment => []
// :param measure => []
// :param aspect => []
// :param value => []
// :param amount => []
// :param currency => []
// :param product => []
// :param case => []
// :param responds_to => []
// :param intent => []
// :param due => []
// :param outcome => []
// :param cost => []
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
CREATE (a)-[:MADE]->(:Touchpoint {
  id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], kind: $kind[i], occurred_at: $occurred_at[i],
  channel: $channel[i], text: $text[i], topics: $topics[i], sentiment: $sentiment[i], measure: $measure[i], aspect: $aspect[i],
  value: $value[i], amount: $amount[i], currency: $currency[i], product: $product[i], case: $case[i], responds_to: $responds_to[i],
  intent: $intent[i], due: $due[i], outcome: $outcome[i], cost: $cost[i],
  confidence: $confidence[i], status: $status[i], marking: $marking[i], documents: $documents[i], attributes: $attributes[i],
  record: $record[i], version: $version[i], revision: $revision
})-[:TOWARD]->(b)
RETURN count(*) AS written;
