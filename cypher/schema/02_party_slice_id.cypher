// Further slices of a party by id
// Returns nothing.
// mode: auto
CREATE INDEX party_slice_id IF NOT EXISTS FOR (slice:PartySlice) ON (slice.id);
