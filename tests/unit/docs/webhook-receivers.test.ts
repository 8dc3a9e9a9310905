/** The receivers of the documentation, run as they are written, get what PraxTalk sends. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  deliveryHeaders,
  formatWebhookSecret,
  signatureHeaders,
} from "../../../convex/logic/webhookSignature";
import { exchange } from "../../../convex/webhookExchange/exchange";
import { cidrs } from "../../helpers/cidrs";
import { REPOSITORY } from "../../helpers/embedded";
import { WAIT } from "../../helpers/wait";

const SECRET = formatWebhookSecret(new Uint8Array(32).fill(1));
const OTHER = formatWebhookSecret(new Uint8Array(32).fill(2));
const allowedCidrs = cidrs("127.0.0.1/32");

type Sent = { id: string; secrets?: string[]; text?: string; age?: number };

/** One attempt, as the sender makes it. */
async function send(url: string, { id, secrets = [SECRET], text = "Grüße 👋", age = 0 }: Sent) {
  const body = JSON.stringify({ id, type: "message.created", data: { body: text } });
  const timestamp = Math.floor(Date.now() / 1_000) - age;
  const headers = [
    ...deliveryHeaders({ eventId: id, eventType: "message.created", attemptId: "a", attempt: 1 }),
    ...(await signatureHeaders({ eventId: id, body, secrets, timestamp })),
  ];
  const { outcome, httpStatus } = await exchange({ url, headers, body, allowedCidrs });
  return [outcome, httpStatus];
}

describe.each([
  ["Node", [process.execPath, "receiver.mjs"], 204],
  ["Python", ["python3", "-B", "receiver.py"], 200],
] as const)("the receiver in %s", (_name, [command, ...args], taken) => {
  let child: ChildProcess;
  let url: string;
  const lines: string[] = [];

  beforeAll(async () => {
    child = spawn(command, args, {
      cwd: path.join(REPOSITORY, "docs/webhooks"),
      env: { PATH: process.env.PATH, PORT: "0", PRAXTALK_WEBHOOK_SECRET: SECRET },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const output = createInterface({ input: child.stdout! });
    const [first] = (await once(output, "line")) as [string];
    url = first.replace("Receiving at ", "");
    output.on("line", (line) => lines.push(line));
  });
  afterAll(async () => {
    child.kill();
    await once(child, "exit");
  });

  it("takes each event once, however often it comes", async () => {
    for (const id of ["one", "two", "one"]) expect(await send(url, { id })).toEqual(["delivered", taken]);
    await vi.waitUntil(() => lines.length >= 2, WAIT);
    expect(await send(url, { id: "three" })).toEqual(["delivered", taken]);
    await vi.waitUntil(() => lines.length >= 3, WAIT);
    expect(lines).toEqual(["message.created one", "message.created two", "message.created three"]);
  });

  it("takes either secret's signature while it is rotated", async () => {
    expect(await send(url, { id: "four", secrets: [OTHER, SECRET] })).toEqual(["delivered", taken]);
    expect(await send(url, { id: "five", secrets: [SECRET, OTHER] })).toEqual(["delivered", taken]);
  });

  it("refuses what is not signed with its secret, or was signed long ago", async () => {
    expect(await send(url, { id: "six", secrets: [OTHER] })).toEqual(["http_4xx", 401]);
    expect(await send(url, { id: "seven", age: 400 })).toEqual(["http_4xx", 401]);
    const unsigned = await fetch(url, { method: "POST", body: "{}" });
    expect(unsigned.status).toBe(401);
  });

  it("reads no body that is larger than any of ours", async () => {
    const answer = await send(url, { id: "eight", text: "x".repeat(300_000) });
    // Where it closes before all is sent, the answer may be lost with the connection.
    expect(["http_4xx 413", "reset "]).toContain(answer.join(" "));
    expect(await send(url, { id: "nine" })).toEqual(["delivered", taken]);
    await vi.waitUntil(() => lines.includes("message.created nine"), WAIT);
    expect(lines.join()).not.toContain("eight");
  });
});
