import { createServer } from "node:http";
import { verify } from "./verify.mjs";

const secret = process.env.PRAXTALK_WEBHOOK_SECRET;
const BODY_MAX = 256 * 1024;
/** Ids of events that are done. Yours is a table with a unique index. */
const done = new Set();

/** The body's bytes as they came, or null when there are too many. */
async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function receive(request) {
  const rawBody = await readBody(request);
  if (rawBody === null) return 413;
  if (!verify(secret, request.headers["x-praxtalk-signature"], rawBody)) return 401;
  const event = JSON.parse(rawBody);
  // An event may come more than once; its id is the same each time.
  if (!done.has(event.id)) {
    console.log(event.type, event.id);
    done.add(event.id);
  }
  return 204;
}

const server = createServer((request, response) => {
  receive(request)
    .catch(() => 500)
    .then((status) => response.writeHead(status, { Connection: "close" }).end());
});
server.listen(process.env.PORT ?? 4000, "127.0.0.1", () => {
  console.log(`Receiving at http://127.0.0.1:${server.address().port}/`);
});
