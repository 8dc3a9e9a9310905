// A client that costs little itself: it shares the machine's cores with what it measures.
import { connect } from "node:net";

/** Keeps `connections` requests in flight, one per keep-alive connection, until `total` are answered. */
export async function load({ url, path, total, connections, body }) {
  const { hostname, port } = new URL(url);
  let next = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, () => drive()));
  return total / ((performance.now() - began) / 1000);

  function drive() {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      const send = () => {
        if (next === total) {
          socket.end();
          resolve();
          return;
        }
        const text = JSON.stringify(body(next++));
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n` +
            `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
        );
      };
      socket.on("connect", send);
      socket.on("error", reject);
      socket.on("data", answerReader(send, reject));
    });
  }
}

/** Calls `onAnswer` after each whole response with status "success". */
function answerReader(onAnswer, onError) {
  let received = "";
  return (chunk) => {
    received += chunk.toString("latin1");
    const headEnd = received.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
    if (received.length < headEnd + 4 + length) return;
    if (!received.includes('{"status":"success"')) onError(new Error(received));
    received = "";
    onAnswer();
  };
}

/** One function call; its value. */
export async function call(url, kind, path, args) {
  const response = await fetch(`${url}/api/${kind}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ path, args }),
  });
  const answer = await response.json();
  if (answer.status !== "success") throw new Error(JSON.stringify(answer));
  return answer.value;
}
