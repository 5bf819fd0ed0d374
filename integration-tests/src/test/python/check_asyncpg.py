"""asyncpg, which prepares everything and asks the catalogs for types. Arguments as in check_psycopg.py."""

import asyncio
import json
import sys

import asyncpg


def show(name, value):
    print(name, json.dumps(value, default=str, sort_keys=True))


async def reads():
    connection = await asyncpg.connect()
    show("simple", [tuple(row) for row in await connection.fetch("SELECT id, name, since FROM customers ORDER BY id LIMIT 3")])
    show("parameters", await connection.fetchval("SELECT count(*) FROM products WHERE price < $1::numeric", 12))
    show("types", list(await connection.fetchrow("SELECT 1::int2, 1.5::numeric, '{1,2}'::int[], 'P1D'::interval, '{\"a\":1}'::jsonb, '192.0.2.1'::inet, ROW(1, 'a')")))
    # Types that asyncpg does not know by heart: it reads them from the catalogs.
    show("introspected", str(await connection.fetchval("SELECT ARRAY[c] FROM customers AS c WHERE id = 1")))
    statement = await connection.prepare("SELECT count(*) FROM orders WHERE id < $1")
    for turn in range(5):
        show("prepared", await statement.fetchval(turn * 10))
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        total = 0
        async for row in connection.cursor("SELECT id FROM orders ORDER BY id", prefetch=700):
            total += row["id"]
        show("cursor", total)
        try:
            async with connection.transaction():
                await connection.fetch("SELECT 1 / 0")
        except asyncpg.DivisionByZeroError as error:
            show("savepoint", error.sqlstate)
        show("after savepoint", await connection.fetchval("SELECT 2"))
    copied = bytearray()

    async def collect(block):
        copied.extend(block)

    await connection.copy_from_query("SELECT id, name FROM products WHERE id < $1", 5, output=collect)
    show("copy", copied.decode())
    await connection.copy_from_table("products", output=collect)
    show("copied", len(copied))
    async with asyncpg.create_pool(min_size=2, max_size=3) as pool:
        show("pool", [await pool.fetchval("SELECT $1::int", n) for n in range(6)])
    await connection.close()


async def writes():
    connection = await asyncpg.connect()
    for statement in sys.stdin.read().splitlines():
        for attempt in (connection.execute, connection.fetch):  # simple, then extended
            try:
                await attempt(statement)
                print("passed")
            except asyncpg.PostgresError as error:
                print(error.sqlstate, error.detail)
    show("alive", await connection.fetchval("SELECT count(*) FROM customers"))
    await connection.close()


asyncio.run({"reads": reads, "writes": writes}[sys.argv[1]]())
