// Look-up nodes for the relationships of a first load from files
// Returns nothing; the files leave them out, for what a relationship is known by is known once it is there.
// mode: auto
MATCH (:Workspace {name: 'workspace', loaded: true})
MATCH ()-[f]->() WHERE NOT type(f) IN ['HAS_ROLE', 'GIVES', 'MADE', 'TOWARD', 'JUDGES', 'SLICE_OF']
CALL (f) { CREATE (:Relationship {id: f.id, handle: elementId(f)}) } IN TRANSACTIONS OF 10000 ROWS;
