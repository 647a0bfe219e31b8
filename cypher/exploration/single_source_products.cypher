// Which products come from one source only?
// Returns each product that the focal party paid one supplier only for, in the twelve months up to the day, with that supplier and the amount.
// title_zh: 哪些产品只有单一来源？
// :param focal => 'haiyue'
// :param day => '2025-12-31'
// focal: focal
// mode: read
WITH date($day) AS last, date($day) - duration({months: 12}) AS first
MATCH (:Party {id: $focal})-[paid:GIVES {kind: 'money'}]->(supplier:Supplier)
WHERE paid.product IS NOT NULL AND paid.valid_from <= last AND paid.valid_to > first
WITH paid.product AS product, collect(DISTINCT supplier) AS suppliers, sum(paid.amount) AS amount
WHERE size(suppliers) = 1
RETURN product, suppliers[0] AS supplier, suppliers[0].name AS name, round(amount, 2) AS amount
ORDER BY amount DESC, product;
