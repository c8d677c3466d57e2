// A web site on Node.js, HTTP/1.1 and h2, with all of Node's defaults. Ends when standard input does.
'use strict';
const fs = require('fs');
const http2 = require('http2');
const path = require('path');

const [directory, certificate, key] = process.argv.slice(2);
const pages = new Map();
for (const name of fs.readdirSync(directory)) {
  pages.set('/' + name, path.join(directory, name));
}
pages.set('/', pages.get('/index.html'));

const server = http2.createSecureServer({
  allowHTTP1: true,
  cert: fs.readFileSync(certificate),
  key: fs.readFileSync(key),
});
server.on('request', (request, response) => {
  const file = pages.get(request.url);
  if (!file) {
    response.writeHead(404, {'content-type': 'text/plain'});
    response.end('Nothing is here.\n');
    return;
  }
  response.writeHead(200, {
    'content-type': file.endsWith('.html') ? 'text/html' : 'application/octet-stream',
    'content-length': fs.statSync(file).size,
  });
  if (request.method === 'HEAD') {
    response.end();
  } else {
    fs.createReadStream(file).on('error', () => response.destroy()).pipe(response);
  }
});
server.on('clientError', (error, socket) => socket.destroy());
server.listen(0, '127.0.0.1', 4096, () => console.log('127.0.0.1:' + server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
