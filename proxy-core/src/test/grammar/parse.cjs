// Parses texts with the package's own WebAssembly module in node, for comparison with what the JVM makes of it.
// argv: the package's folder. stdin: one text a line, in base64. stdout: one answer a line, "T <json>" or
// "E <cursor> <message>" with JSON and message in base64.
'use strict';
const path = require('node:path');
const fs = require('node:fs');

const base64 = text => Buffer.from(text, 'utf8').toString('base64');

function parse(parser, text) {
  const length = parser.lengthBytesUTF8(text) + 1;
  const input = parser._malloc(length);
  parser.stringToUTF8(text, input, length);
  const result = parser._wasm_parse_query_raw(input);
  const error = parser.getValue(result + 8, 'i32');
  const answer = error === 0
    ? `T ${base64(parser.UTF8ToString(parser.getValue(result, 'i32')))}`
    : `E ${parser.getValue(error + 16, 'i32')} ${base64(parser.UTF8ToString(parser.getValue(error, 'i32')))}`;
  parser._wasm_free_parse_result(result);
  parser._free(input);
  return answer;
}

async function main() {
  const load = require(path.resolve(process.argv[2], 'wasm', 'libpg-query.js'));
  const parser = await load();
  const lines = fs.readFileSync(0, 'latin1').split('\n').slice(0, -1);
  const answers = lines.map(line => parse(parser, Buffer.from(line, 'base64').toString('utf8')));
  fs.writeFileSync(1, answers.map(answer => `${answer}\n`).join(''));
}

main();
