// New value flows
// Returns how many were written.
// :param id => ['x1']
// :param source => ['d1']
// :param target => ['firm']
// :param days => [date('2025-01-01'), date('9999-12-31')]
// :param valid_from => [0]
// :param valid_to => [1]
// :param kind => ['money']
// :param amount => []
// :param currency => []
// :param quantity => []
// :param unit => []
// :param product => []
// :param channel => []
// :param in_return_for => []
// :param utility => []
// :param satisfaction => []
// :param importance => []
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
CREATE (a)-[:GIVES {
  id: $id[i], valid_from: $days[$valid_from[i]], valid_to: $days[$valid_to[i]], kind: $kind[i], amount: $amount[i],
  currency: $currency[i], quantity: $quantity[i], unit: $unit[i], product: $product[i], channel: $channel[i],
  in_return_for: $in_return_for[i], utility: $utility[i], satisfaction: $satisfaction[i], importance: $importance[i],
  confidence: $confidence[i], status: $status[i], marking: $marking[i], documents: $documents[i], attributes: $attributes[i],
  record: $record[i], version: $version[i], revision: $revision
}]->(b)
RETURN count(*) AS written;
