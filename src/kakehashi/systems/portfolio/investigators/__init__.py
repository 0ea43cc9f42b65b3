"""Who carries out an award, where, from when until when; and what an investigator sees of it."""
