// Give this database a name, if it has none
// Returns the name that it has.
// :param identity => '0123'
// mode: write
MERGE (w:Workspace {name: 'workspace'})
ON CREATE SET w.revision = 0, w.time = ''
SET w.store = coalesce(w.store, $identity)
RETURN w.store AS identity;
