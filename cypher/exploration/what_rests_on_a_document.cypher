// What rests on one document?
// Returns every fact that names it as evidence.
// title_zh: 哪些事实依据某一份文件？
// :param document => 'annual-report-2025'
// mode: read
CALL () {
  MATCH (source:Party)-[fact]->(target:Party) WHERE $document IN fact.documents RETURN fact, source, target
  UNION ALL
  MATCH (source:Party)-[:MADE]->(fact:Touchpoint)-[:TOWARD]->(target:Party) WHERE $document IN fact.documents RETURN fact, source, target
  UNION ALL
  MATCH (fact:Assessment)-[:JUDGES]->(target:Party) WHERE $document IN fact.documents OPTIONAL MATCH (source:Party)-[:MADE]->(fact) RETURN fact, source, target
}
RETURN fact, source, target, coalesce(fact.role, fact.scheme, fact.kind) AS kind, fact.confidence AS confidence
ORDER BY kind, fact.id;
