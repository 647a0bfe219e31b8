// Which database this is
// Returns the name that it was given when it was first used; nothing before that.
// mode: read
MATCH (w:Workspace {name: 'workspace'})
RETURN w.store AS identity;
