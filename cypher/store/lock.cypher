// Wait until no other write is under way, and keep others waiting
// Returns the newest revision's number and time, and whether there are periods taken away.
// mode: write
MERGE (w:Workspace {name: 'workspace'})
ON CREATE SET w.revision = 0, w.time = ''
SET w.locked = true
REMOVE w.locked
RETURN w.revision AS revision, w.time AS time, COUNT { (:Retracted) } > 0 AS retracted;
