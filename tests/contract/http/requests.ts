/** Requests as no client of the package makes them. */
import {
  request as httpRequest,
  type Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";

export type Answer = { status: number; body: unknown; headers: Headers };

/** A POST with JSON. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return answerOf(response);
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Plain text.
  }
  return { status: response.status, body, headers: response.headers };
}

/** A request that fetch would not make. */
export function raw(
  origin: string,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body?: Buffer,
  agent?: Agent,
) {
  return new Promise<{ message: IncomingMessage; text: string }>((resolve, reject) => {
    const outgoing = httpRequest(new URL(path, origin), { method, headers, agent }, (message) => {
      const chunks: Buffer[] = [];
      message.on("data", (chunk: Buffer) => chunks.push(chunk));
      message.on("end", () => resolve({ message, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
