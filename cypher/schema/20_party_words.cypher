// Parties by the words of their names and identifiers
// Returns nothing; words are made by the service (search_text), so the index only parts them at spaces.
// mode: auto
CREATE FULLTEXT INDEX party_words IF NOT EXISTS FOR (row:Party|PartySlice|Superseded) ON EACH [row.search_text]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false}};
