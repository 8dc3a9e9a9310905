/** What a form of ours learns from the server. */
export type Submitted =
  | { ok: true }
  | {
      ok: false;
      code: string;
      message: string;
      field?: string;
      /** What the code of a second step goes with. */
      challenge?: string;
    };

const AWAY: Submitted = {
  ok: false,
  code: "UNAVAILABLE",
  message: "The server does not answer. Check your connection and try again.",
};

/** Sends texts to a route of ours, and puts every way of failing into words. */
export async function submit(path: string, texts: Record<string, string>): Promise<Submitted> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(texts),
    });
  } catch {
    return AWAY;
  }
  if (response.ok) return { ok: true };
  const body: unknown = await response.json().catch(() => null);
  return readRefusal(body) ?? AWAY;
}

function readRefusal(body: unknown): Submitted | null {
  if (typeof body !== "object" || body === null) return null;
  const { code, message, field, challenge } = body as Record<string, unknown>;
  if (typeof code !== "string" || typeof message !== "string") return null;
  const textOrNone = (value: unknown) => (typeof value === "string" ? value : undefined);
  return { ok: false, code, message, field: textOrNone(field), challenge: textOrNone(challenge) };
}

/** A text field of a form; absent ones are empty. */
export function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}
