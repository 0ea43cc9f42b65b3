"""What an agency's own slides say of its portfolio, as facts with their source: terms, programmes, budgets, goals.

Read them with `reading.load()`. Neither this package nor its data knows of Django; `data/*.yaml` holds the facts,
`shapes` their types, `reckoning` whether published totals come out of their rows.
"""
