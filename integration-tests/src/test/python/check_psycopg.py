"""psycopg 3. `reads` prints an answer a line; `writes` tries each statement on standard input and prints SQLSTATE and DETAIL;
`questions` asks Postern."""

import json
import sys

import psycopg
from psycopg.rows import dict_row


def show(name, value):
    print(name, json.dumps(value, default=str, sort_keys=True))


def reads():
    with psycopg.connect(row_factory=dict_row) as connection:
        show("version", connection.info.server_version)
        show("simple", connection.execute("SELECT id, name, since FROM customers ORDER BY id LIMIT 3").fetchall())
        show("parameters", connection.execute("SELECT name FROM products WHERE price < %s ORDER BY id", [12]).fetchall())
        show("binary", connection.execute("SELECT price, category FROM products WHERE id = %s", [7], binary=True).fetchall())
        for turn in range(8):  # past the threshold from which psycopg prepares
            show("prepared", connection.execute("SELECT count(*) FROM orders WHERE id < %s", [turn * 10], prepare=True).fetchone())
        show("types", connection.execute("SELECT 1::int2, 2::int8, 1.5::numeric, 'a'::text, '{1,2}'::int[], 'P1D'::interval, '{\"a\":1}'::jsonb, now() IS NULL AS n").fetchone())
        with connection.cursor(name="server_side") as cursor:
            cursor.itersize = 100
            cursor.execute("SELECT id FROM orders ORDER BY id")
            show("cursor", sum(row["id"] for row in cursor))
        with connection.cursor() as cursor:
            with cursor.copy("COPY (SELECT id, name FROM products ORDER BY id) TO STDOUT") as copy:
                show("copy", b"".join(bytes(block) for block in copy).decode()[:200])
        with connection.pipeline():
            first = connection.execute("SELECT 1 AS one")
            second = connection.execute("SELECT count(*) FROM customers")
            show("pipeline", [first.fetchone(), second.fetchone()])
        with connection.transaction():
            show("transaction", connection.execute("SELECT current_setting('transaction_isolation')").fetchone())
            try:
                with connection.transaction():
                    connection.execute("SELECT 1 / 0")
            except psycopg.errors.DivisionByZero as error:
                show("savepoint", error.sqlstate)
            show("after savepoint", connection.execute("SELECT 2 AS two").fetchone())
    with psycopg.connect(autocommit=True) as connection:
        connection.prepare_threshold = None
        show("client cursor", psycopg.ClientCursor(connection).execute("SELECT name FROM customers WHERE id = %s", [3]).fetchall())
        show("types by name", repr(psycopg.types.TypeInfo.fetch(connection, "jsonb")))


def writes():
    with psycopg.connect(autocommit=True) as connection:
        for statement in sys.stdin.read().splitlines():
            try:
                connection.execute(statement, prepare=False)
                print("passed")
            except psycopg.Error as error:
                print(error.sqlstate, error.diag.message_detail)
        show("alive", connection.execute("SELECT count(*) FROM customers").fetchone())


def questions():
    with psycopg.connect(autocommit=True) as connection:
        agent = dict(connection.execute("SHOW postern.agent").fetchall())
        print("agent", agent["agent"])
        print("policy", dict(connection.execute("SHOW postern.policy").fetchall())["policy"])
        verdict = connection.execute("SELECT postern.check('SELECT 1')").fetchone()[0]
        print(verdict["decision"], verdict.get("rule", "none"))
        for binary in False, True:
            verdict = connection.execute("SELECT postern.check(%s)", ["DELETE FROM orders"], prepare=True, binary=binary).fetchone()[0]
            print(verdict["decision"], verdict["rule"])
        row = connection.execute("SELECT * FROM postern.check(%s)", ["SELECT pg_sleep(1)"]).fetchone()
        print("row", row[0], row[1], row[4])
        with connection.transaction(), connection.pipeline():
            first = connection.execute("SELECT 1")
            second = connection.execute("SELECT postern.check(%s)", ["SELECT 1"])
            assert first.fetchone() == (1,)
            print("transaction", second.fetchone()[0]["decision"])


{"reads": reads, "writes": writes, "questions": questions}[sys.argv[1]]()
