// Which way does a product take to its end customers?
// Returns each payment relation of the product in the twelve months up to the day, from the focal party outward, with its step and amount.
// title_zh: 产品经由怎样的渠道到达终端客户？
// :param focal => 'haiyue'
// :param product => 'refrigerator'
// :param day => '2025-12-31'
// :param max_steps => 4
// focal: focal
// mode: read
WITH date($day) AS last, date($day) - duration({months: 12}) AS first
MATCH (focal:Party {id: $focal})
MATCH path = SHORTEST 1 (buyer:Party)-[paid:GIVES WHERE paid.kind = 'money' AND paid.product = $product AND paid.valid_from <= last AND paid.valid_to > first]->+(focal)
WHERE length(path) <= $max_steps AND buyer <> focal
WITH buyer, length(path) AS step, first, last
MATCH (buyer)-[paid:GIVES {kind: 'money', product: $product}]->(seller:Party)
WHERE paid.valid_from <= last AND paid.valid_to > first
RETURN step, seller, buyer, seller.name AS sold_by, buyer.name AS bought_by, round(sum(paid.amount), 2) AS amount
ORDER BY step, amount DESC, seller.id, buyer.id;
