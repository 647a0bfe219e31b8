// No look-up nodes yet after a first load from files
// Returns nothing; where the next step was cut off it begins again.
// mode: auto
MATCH (:Workspace {name: 'workspace', loaded: true})
MATCH (lookup:Relationship)
CALL (lookup) { DELETE lookup } IN TRANSACTIONS OF 10000 ROWS;
