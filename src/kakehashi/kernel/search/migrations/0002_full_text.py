"""The full-text index over bigrams: an FTS5 table kept by triggers on SQLite, a GIN index on PostgreSQL."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE search_fts USING fts5("
    "bigrams, content='search_searchentry', content_rowid='id', tokenize='unicode61')",
    "CREATE TRIGGER search_fts_insert AFTER INSERT ON search_searchentry BEGIN "
    "INSERT INTO search_fts(rowid, bigrams) VALUES (new.id, new.bigrams); END",
    "CREATE TRIGGER search_fts_delete AFTER DELETE ON search_searchentry BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, bigrams) VALUES ('delete', old.id, old.bigrams); END",
    "CREATE TRIGGER search_fts_update AFTER UPDATE ON search_searchentry BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, bigrams) VALUES ('delete', old.id, old.bigrams); "
    "INSERT INTO search_fts(rowid, bigrams) VALUES (new.id, new.bigrams); END",
]
SQLITE_UNDO = [
    *(f"DROP TRIGGER search_fts_{event}" for event in ("insert", "delete", "update")),
    "DROP TABLE search_fts",
]
POSTGRESQL = ["CREATE INDEX search_bigrams ON search_searchentry USING gin (to_tsvector('simple'::regconfig, bigrams))"]
POSTGRESQL_UNDO = ["DROP INDEX search_bigrams"]


def run(schema_editor, sqlite, postgresql):
    for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: run(editor, SQLITE, POSTGRESQL),
            lambda apps, editor: run(editor, SQLITE_UNDO, POSTGRESQL_UNDO),
        )
    ]
