// Which of some ids are documents
// Returns the ids.
// :param ids => ['d1', 'firm']
// mode: read
UNWIND $ids AS id
MATCH (d:Document {id: id})
RETURN collect(d.id) AS ids;
