// Which complaints has nobody answered?
// Returns each complaint up to the day that no later touchpoint responds to, the oldest first.
// title_zh: 哪些投诉无人回应？
// :param day => '2025-12-31'
// mode: read
WITH date($day) AS day
MATCH (party:Party)-[:MADE]->(complaint:Touchpoint {kind: 'complaint'})-[:TOWARD]->(about:Party)
WHERE complaint.valid_from <= day
  AND NOT EXISTS { MATCH (answer:Touchpoint {responds_to: complaint.id}) WHERE answer.valid_from <= day }
RETURN complaint, party, party.name AS name, about, complaint.valid_from AS made_on, duration.inDays(complaint.valid_from, day).days AS days_open, complaint.text AS text
ORDER BY made_on, complaint.id;
