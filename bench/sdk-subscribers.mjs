// Part of the subscribers of `npm run bench:sdk`, as a process of its own: inboxes on the SDK, which say how long after its
// sending each message came in. Told to by its parent: {url, tokens, count}, then {finish: number of the last message}.
import { PraxTalk } from "../sdk/dist/index.js";

/** After it, those who have not seen the last message count as behind. */
const DRAIN_MS = 60_000;

const clock = () => performance.timeOrigin + performance.now();

/** Milliseconds, rounded, and how many deliveries took so long. */
const lags = new Map();
let [callbacks, deliveries] = [0, 0];
const inboxes = [];
let wake = () => undefined;
/** Before the first message: connecting is not what is measured. */
let cpuBefore;

class Inbox {
  #seen = new Map();
  newest = 0;

  constructor(url, token) {
    this.praxtalk = new PraxTalk({ url, token, client: { logger: false } });
    this.ready = new Promise((resolve, reject) => {
      const onRows = (rows) => {
        this.#take(rows);
        resolve();
      };
      this.praxtalk.inbox.subscribe({ status: "open" }, onRows, reject);
    });
  }

  #take(rows) {
    const now = clock();
    callbacks++;
    for (const { id, lastMessage } of rows) {
      const [number, sentAt] = lastMessage.preview.split(" ").map(Number);
      if (Number.isNaN(number) || this.#seen.get(id) === number) continue;
      this.#seen.set(id, number);
      this.newest = Math.max(this.newest, number);
      deliveries++;
      const lag = Math.round(now - sentAt);
      lags.set(lag, (lags.get(lag) ?? 0) + 1);
    }
    wake();
  }
}

async function begin({ url, tokens, count }) {
  for (let n = 0; n < count; n++) {
    const inbox = new Inbox(url, tokens[n % tokens.length]);
    inboxes.push(inbox);
    await inbox.ready;
  }
  cpuBefore = process.cpuUsage();
  process.send({ ready: true });
}

async function finish(last) {
  const isBehind = ({ newest }) => newest < last;
  await new Promise((resolve) => {
    wake = () => {
      if (!inboxes.some(isBehind)) resolve();
    };
    setTimeout(resolve, DRAIN_MS);
    wake();
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  const report = {
    lags: [...lags],
    callbacks,
    deliveries,
    behind: inboxes.filter(isBehind).length,
    cpuSeconds: (user + system) / 1e6,
    memoryMb: process.memoryUsage.rss() / 1024 / 1024,
  };
  process.send(report, () => process.exit());
}

process.on("message", (message) => {
  void ("finish" in message ? finish(message.finish) : begin(message));
});
