// The newest revision, and whether what it wrote is found by now
// Returns its number and whether the index of revisions has it; nothing before the first.
// mode: read
MATCH (w:Workspace {name: 'workspace'})
RETURN w.revision AS revision, w.revision = 0 OR EXISTS { (:Revision {number: w.revision}) } AS is_found;
