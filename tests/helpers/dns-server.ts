/** A DNS server on loopback (UDP) that answers as a test says. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv4 } from "node:net";

const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const;
export const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

type RecordType = keyof typeof TYPES;
export type DnsRecord = { name: string; type: RecordType; value: string };

/** Records or an error; null for no answer at all. */
export type Zone = (name: string, type: string) => DnsRecord[] | keyof typeof RCODES | null;

export type DnsServer = { address: string; questions: string[]; close: () => Promise<void> };

export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (query, { port, address }) => {
    const { name, type, end } = parseQuestion(query);
    questions.push(`${name} ${type}`);
    const answer = zone(name, type);
    if (answer !== null) socket.send(reply(query.subarray(0, end), answer), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

const HEADER_BYTES = 12;

function parseQuestion(query: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const code = query.readUInt16BE(at + 1);
  const type = Object.entries(TYPES).find(([, value]) => value === code)?.[0] ?? String(code);
  return { name: labels.join(".").toLowerCase(), type, end: at + 5 };
}

function reply(question: Buffer, answer: DnsRecord[] | keyof typeof RCODES): Buffer {
  const records = typeof answer === "string" ? [] : answer;
  const head = Buffer.from(question);
  // A response, recursion desired and available.
  head.writeUInt16BE(0x8180 | (typeof answer === "string" ? RCODES[answer] : RCODES.NOERROR), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...records.map(encodeRecord)]);
}

const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, "latin1")),
    Buffer.from([0]),
  ]);

function encodeRecord({ name, type, value }: DnsRecord): Buffer {
  const data = type === "CNAME" ? encodeName(value) : addressBytes(value);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPES[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(name), fixed, data]);
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  const [before = "", after = ""] = address.split("::");
  const parts = (text: string) => text.split(":").filter((part) => part !== "");
  const [first, last] = [parts(before), parts(after)];
  const zeros = new Array<string>(8 - first.length - last.length).fill("0");
  return Buffer.from([...first, ...zeros, ...last].map((part) => part.padStart(4, "0")).join(""), "hex");
}
