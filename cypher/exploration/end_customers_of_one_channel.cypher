// Which end customers hang on one channel?
// Returns each end customer whose payments reach the focal party through this channel only, and what they paid in the twelve months up to the day.
// title_zh: 哪些终端客户只依赖一个渠道？
// :param channel => 'silkroad-appliances'
// :param focal => 'haiyue'
// :param day => '2025-12-31'
// focal: focal
// mode: read
WITH date($day) AS last, date($day) - duration({months: 12}) AS first
MATCH (focal:Party {id: $focal}), (channel:Party {id: $channel})
CALL (focal, first, last) {
  MATCH SHORTEST 1 (other:Party) ((buyer:Party WHERE buyer.id <> $channel)
    -[paid:GIVES WHERE paid.kind = 'money' AND paid.valid_from <= last AND paid.valid_to > first]->())+ (focal)
  RETURN collect(DISTINCT other) AS free
}
MATCH SHORTEST 1 (customer:Party)-[paid:GIVES WHERE paid.kind = 'money' AND paid.valid_from <= last AND paid.valid_to > first]->+(channel)
WHERE NOT customer IN free
  AND EXISTS { MATCH (customer)-[role:HAS_ROLE {role: 'customer'}]->(focal) WHERE role.valid_from <= last < role.valid_to }
WITH DISTINCT customer, first, last
MATCH (customer)-[spent:GIVES {kind: 'money'}]->()
WHERE spent.valid_from <= last AND spent.valid_to > first AND spent.product IS NOT NULL
RETURN customer, customer.name AS name, round(sum(spent.amount), 2) AS paid
ORDER BY paid DESC, customer.id;
