"""A data system as small as can be: one shared record, to hold the sharing table to."""
