// Who owns the owners?
// Returns each owner up to five steps up, what it holds through that chain (the product of the shares), and the chain.
// title_zh: 谁是股东的股东？
// :param party => 'haiyue'
// :param day => '2025-12-31'
// focal: party
// mode: read
WITH date($day) AS day
MATCH chain = (owner:Party)-[owns:OWNS*1..5]->(:Party {id: $party})
WHERE all(tie IN owns WHERE tie.valid_from <= day < tie.valid_to AND tie.share IS NOT NULL AND coalesce(tie.status, 'asserted') <> 'hypothesis')
  AND all(place IN range(0, length(chain) - 1) WHERE single(node IN nodes(chain) WHERE node = nodes(chain)[place]))
RETURN owner, owner.name AS name, length(chain) AS steps, round(reduce(held = 1.0, tie IN owns | held * tie.share), 6) AS held,
  [node IN nodes(chain) | node.id] AS chain
ORDER BY steps, held DESC, owner.id, chain;
