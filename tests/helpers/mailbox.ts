/** A real SMTP server on this machine, which keeps what it is given. */
import { Worker } from "node:worker_threads";

export type Mail = { from: string; to: string[]; raw: string };

export type Mailbox = {
  url: string;
  /** A mail is here before its sender knows that it was taken. */
  mails: Mail[];
  /** Addresses that the server does not take, with its reply: 4yz is for now, 5yz for good. */
  refusals: Map<string, number>;
  close: () => Promise<void>;
};

type FromServer = { port: number } | { id: number; recipient: string } | { id: number; mail: Mail };

export async function startMailbox({ user = "praxtalk", password = "s3cret" } = {}): Promise<Mailbox> {
  const mails: Mail[] = [];
  const refusals = new Map<string, number>();
  const server = new Worker(new URL("./mailbox-server.mjs", import.meta.url), {
    workerData: { user, password },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.on("message", (message: FromServer) => {
      if ("port" in message) return resolve(message.port);
      if ("mail" in message) mails.push(message.mail);
      const answer = "recipient" in message ? refusals.get(message.recipient) : undefined;
      server.postMessage({ id: message.id, answer });
    });
  });
  return {
    url: `smtp://${user}:${password}@127.0.0.1:${port}`,
    mails,
    refusals,
    close: () =>
      new Promise((resolve) => {
        server.once("exit", () => resolve());
        server.postMessage({ isOver: true });
      }),
  };
}

/** The text part of a mail, its lines put together again as quoted-printable divides them. */
export function textOfMail({ raw }: Mail): string {
  const part = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(raw)?.[1] ?? "";
  return part
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
