/** What was, or will be, sent. */
export type ShownRequest = { headers: readonly { name: string; value: string }[]; body: string };

/** Headers that a copy leaves out: they are masked here, and a receiver refuses a wrong one where it lets none pass. */
const SIGNATURES = ["x-praxtalk-signature", "webhook-signature"];

/** The request as a command for a POSIX shell, without its signatures. */
export function curlCommand(url: string, { headers, body }: ShownRequest): string {
  const lines = [
    `curl -X POST ${quoted(url)}`,
    ...headers
      .filter(({ name }) => !SIGNATURES.includes(name.toLowerCase()))
      .map(({ name, value }) => `-H ${quoted(`${name}: ${value}`)}`),
    `--data-binary ${quoted(body)}`,
  ];
  return lines.join(" \\\n  ");
}

/** Between single quotes a shell takes everything as it is, but for the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
