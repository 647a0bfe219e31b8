// Which of some ids are parties believed on some day
// Returns the ids.
// :param ids => ['d1', 'firm']
// mode: read
UNWIND $ids AS id
MATCH (p:Party {id: id}) WHERE p.record IS NOT NULL
RETURN collect(p.id) AS ids;
