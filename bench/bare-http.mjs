// A bare Node HTTP server that answers every request with the bytes of one answer: the most that a client on this
// machine can get. Reads `{status, headers, body}` from stdin, prints its address.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const { status, headers, body } = JSON.parse(await text(process.stdin));
const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => response.writeHead(status, headers).end(body));
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
