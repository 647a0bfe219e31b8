// A first load from files is finished
// Returns nothing.
// mode: auto
MATCH (w:Workspace {name: 'workspace', loaded: true})
REMOVE w.loaded;
