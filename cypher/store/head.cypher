// The newest revision
// Returns its number, or nothing before the first.
// mode: read
MATCH (w:Workspace {name: 'workspace'})
RETURN w.revision AS revision;
