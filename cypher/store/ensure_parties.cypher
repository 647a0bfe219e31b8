// Anchors for the parties that facts name
// Returns nothing; a party that is not there yet is a node with its id only.
// :param ids => ['d1', 'firm']
// mode: write
UNWIND $ids AS id
MERGE (:Party {id: id});
