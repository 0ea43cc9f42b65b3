"""The budget ledger: every yen from the ministry that gave it to the institution that used it, by double entry."""
