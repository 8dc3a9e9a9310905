/** A real SMTP server on this machine, which keeps what it is given. */
import { SMTPServer } from "smtp-server";

export type Mail = { from: string; to: string[]; raw: string };

export type Mailbox = { url: string; mails: Mail[]; close: () => Promise<void> };

export async function startMailbox({ user = "praxtalk", password = "s3cret" } = {}): Promise<Mailbox> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: (auth, _session, callback) => {
      const isRight = auth.username === user && auth.password === password;
      callback(isRight ? null : new Error("Wrong user or password"), { user });
    },
    onData: (stream, { envelope }, callback) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        mails.push({
          from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString("utf8"),
        });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("The mail server has no port.");
  return {
    url: `smtp://${user}:${password}@127.0.0.1:${address.port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The text part of a mail, its lines put together again as quoted-printable divides them. */
export function textOfMail({ raw }: Mail): string {
  const part = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(raw)?.[1] ?? "";
  return part
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
