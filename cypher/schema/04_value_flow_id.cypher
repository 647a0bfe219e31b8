// Value flows by id
// Returns nothing.
// mode: auto
CREATE INDEX value_flow_id IF NOT EXISTS FOR ()-[flow:GIVES]-() ON (flow.id);
