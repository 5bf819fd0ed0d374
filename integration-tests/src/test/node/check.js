// node-postgres. `reads` prints an answer a line; `writes` tries each statement on standard input, by the simple and by the
// extended protocol, and prints SQLSTATE and DETAIL; `questions` asks Postern.
'use strict';

const fs = require('node:fs');
const { Client, Pool } = require('pg');
const Cursor = require('pg-cursor');
const { to: copyTo } = require('pg-copy-streams');

const show = (name, value) => console.log(name, JSON.stringify(value));

async function reads() {
  const client = new Client();
  await client.connect();
  show('simple', (await client.query('SELECT id, name FROM customers ORDER BY id LIMIT 3')).rows);
  show('parameters', (await client.query('SELECT name FROM products WHERE price < $1 ORDER BY id', [12])).rows);
  for (let turn = 0; turn < 4; turn++) {
    const named = { name: 'orders-below', text: 'SELECT count(*) FROM orders WHERE id < $1', values: [turn * 10] };
    show('named', (await client.query(named)).rows);
  }
  show('several', (await client.query('SELECT 1 AS one; SELECT 2 AS two')).map((result) => result.rows));
  show('binary', (await client.query({ text: 'SELECT 7::int4 AS n', binary: true, rowMode: 'array' })).rows);
  show('types', (await client.query("SELECT 1.5::numeric, '{1,2}'::int[], '{\"a\":1}'::jsonb, true, NULL")).rows);
  const cursor = client.query(new Cursor('SELECT id FROM orders ORDER BY id'));
  let total = 0;
  for (let rows = await cursor.read(800); rows.length > 0; rows = await cursor.read(800)) {
    total += rows.reduce((sum, row) => sum + row.id, 0);
  }
  await cursor.close();
  show('cursor', total);
  let copied = 0;
  for await (const block of client.query(copyTo('COPY products TO STDOUT'))) {
    copied += block.length;
  }
  show('copied', copied);
  await client.query('BEGIN');
  show('transaction', (await client.query("SELECT current_setting('transaction_isolation')")).rows);
  await client.query('COMMIT');
  await client.end();

  const pool = new Pool({ max: 3 });
  show('pool', (await Promise.all([1, 2, 3, 4, 5].map((n) => pool.query('SELECT $1::int AS n', [n])))).map((r) => r.rows));
  await pool.end();
}

async function writes() {
  const client = new Client();
  await client.connect();
  for (const text of fs.readFileSync(0, 'utf8').split('\n').filter((line) => line !== '')) {
    for (const query of [{ text }, { text, queryMode: 'extended' }]) {
      try {
        await client.query(query);
        console.log('passed');
      } catch (error) {
        console.log(error.code, error.detail);
      }
    }
  }
  show('alive', (await client.query('SELECT count(*) FROM customers')).rows);
  await client.end();
}

async function questions() {
  const client = new Client();
  await client.connect();
  const values = async (text) => Object.fromEntries((await client.query(text)).rows.map(({ name, value }) => [name, value]));
  console.log('agent', (await values('SHOW postern.agent')).agent);
  console.log('policy', (await values({ text: 'SHOW postern.policy', queryMode: 'extended' })).policy);
  const plain = (await client.query("SELECT postern.check('SELECT 1')")).rows[0].check;
  console.log(plain.decision, plain.rule ?? 'none');
  for (const name of [undefined, 'named']) {
    const { decision, rule } = (await client.query({ name, text: 'SELECT postern.check($1)', values: ['DELETE FROM orders'] })).rows[0].check;
    console.log(decision, rule);
  }
  const row = (await client.query('SELECT * FROM postern.check($1)', ['SELECT pg_sleep(1)'])).rows[0];
  console.log('row', row.decision, row.rule, row.position);
  await client.query('BEGIN');
  const inside = (await client.query('SELECT postern.check($1)', ['SELECT 1'])).rows[0].check;
  console.log('transaction', inside.decision);
  await client.query('COMMIT');
  await client.end();
}

({ reads, writes, questions })[process.argv[2]]().catch((error) => {
  console.error(error);
  process.exit(1);
});
