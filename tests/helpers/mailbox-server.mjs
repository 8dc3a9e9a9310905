/** The SMTP server of mailbox.ts, in a thread of its own: the timers of a test may be virtual. It asks for each decision. */
import { parentPort, workerData } from "node:worker_threads";
import { SMTPServer } from "smtp-server";

const answers = new Map();
let asked = 0;

/** What the test says to the question; what it is told has arrived there. */
const ask = (question) =>
  new Promise((resolve) => {
    answers.set(++asked, resolve);
    parentPort.postMessage({ id: asked, ...question });
  });

parentPort.on("message", ({ id, answer, isOver }) => {
  if (isOver) return server.close(() => process.exit());
  answers.get(id)(answer);
  answers.delete(id);
});

const server = new SMTPServer({
  hideSTARTTLS: true,
  allowInsecureAuth: true,
  closeTimeout: 1_000,
  onAuth: (auth, _session, callback) => {
    const isRight = auth.username === workerData.user && auth.password === workerData.password;
    callback(isRight ? null : new Error("Wrong user or password"), { user: workerData.user });
  },
  onRcptTo: async ({ address }, _session, callback) => {
    const responseCode = await ask({ recipient: address });
    if (responseCode === undefined) callback();
    else callback(Object.assign(new Error("Not taken"), { responseCode }));
  },
  onData: (stream, { envelope }, callback) => {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", async () => {
      const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
      const to = envelope.rcptTo.map(({ address }) => address);
      await ask({ mail: { from, to, raw: Buffer.concat(chunks).toString("utf8") } });
      callback();
    });
  },
});
server.on("error", () => undefined); // of a connection: its client sees it too
server.listen(0, "127.0.0.1", () => parentPort.postMessage({ port: server.server.address().port }));
