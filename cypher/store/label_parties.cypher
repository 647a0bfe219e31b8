// The labels of the roles that parties ever had
// Returns nothing.
// :param id => ['d1']
// :param label => ['Distributor']
// mode: write
UNWIND range(0, size($id) - 1) AS i
MATCH (p:Party {id: $id[i]})
SET p:$($label[i]);
