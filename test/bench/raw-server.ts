/**
 * The raw limit: `node raw-server.ts FILE [gzip]` answers every request with the bytes of the file, held as one Buffer;
 * with `gzip`, compressed anew for each by gzip at level 6. Prints `listening on http://127.0.0.1:PORT`.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { gzip } from 'node:zlib';

const [file = '', encoding] = process.argv.slice(2);
const body = readFileSync(file);
const headers = { 'content-type': 'application/json', 'content-length': body.length };

const server = createServer((_request, response) => {
  if (encoding === 'gzip') {
    gzip(body, { level: 6 }, (_error, zipped) => {
      response.writeHead(200, { ...headers, 'content-length': zipped.length, 'content-encoding': 'gzip' });
      response.end(zipped);
    });
    return;
  }
  response.writeHead(200, headers);
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`listening on http://127.0.0.1:${address?.port}`);
});
