"""The tables of a batch as they are on disk, where a database of any earlier version is opened again."""

import sqlalchemy as sa

COLUMNS = {
    "gptimage2_batches": "name base_url max_credits committed",
    "gptimage2_lines": "batch key number request quote file state running attempt entry task_id credits_used refunded"
    " saved code reason changed_at",
}


def test_tables_and_columns_keep_their_names(make_ledger):
    inspector = sa.inspect(make_ledger(5).engine)
    columns = {table: " ".join(column["name"] for column in inspector.get_columns(table)) for table in COLUMNS}
    assert COLUMNS == columns


def test_a_line_over_budget_keeps_its_stored_state(make_ledger):
    ledger = make_ledger(5, limit=100)
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE gptimage2_lines SET state = 'unfunded', entry = 'e1', code = 2")
    row = ledger.row("0")
    assert ("unfunded", "e1", 2) == (row.state, row.submission_id, row.exit_code)
