"""Each role's page of its own: what needs somebody today among the awards that are theirs."""
