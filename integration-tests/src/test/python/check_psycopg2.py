"""psycopg2, which speaks the simple protocol only. Arguments as in check_psycopg.py."""

import json
import sys

import psycopg2
import psycopg2.extras


def show(name, value):
    print(name, json.dumps(value, default=str, sort_keys=True))


def reads():
    connection = psycopg2.connect("")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id, name, since FROM customers ORDER BY id LIMIT 3")
        show("simple", cursor.fetchall())
        cursor.execute("SELECT name FROM products WHERE price < %s AND name <> %s ORDER BY id", (12, "it's"))
        show("parameters", cursor.fetchall())
        cursor.execute("SELECT count(*) FROM orders WHERE id = ANY(%s)", ([1, 2, 3],))
        show("array", cursor.fetchall())
        cursor.execute("SELECT 1.5::numeric, '{1,2}'::int[], 'P1D'::interval, '{\"a\":1}'::jsonb")
        show("types", cursor.fetchall())
        with open("/dev/null", "w") as sink:
            cursor.copy_expert("COPY products TO STDOUT", sink)
        show("copied", cursor.rowcount)
    with connection, connection.cursor("server_side") as cursor:
        cursor.itersize = 500
        cursor.execute("SELECT id FROM orders ORDER BY id")
        show("cursor", sum(row[0] for row in cursor))
    with connection, connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute("SELECT * FROM revenue_by_country ORDER BY country")
        show("view", cursor.fetchall())
    psycopg2.extras.register_default_jsonb(connection)
    connection.set_session(readonly=True, isolation_level="REPEATABLE READ")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_isolation')")
        show("session", cursor.fetchall())
    connection.close()


def writes():
    connection = psycopg2.connect("")
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in sys.stdin.read().splitlines():
            try:
                cursor.execute(statement)
                print("passed")
            except psycopg2.Error as error:
                print(error.pgcode, error.diag.message_detail)
        cursor.execute("SELECT count(*) FROM customers")
        show("alive", cursor.fetchall())
    connection.close()


{"reads": reads, "writes": writes}[sys.argv[1]]()
