import { expect, it } from "vitest";
import { readBytes } from "../../../lib/request-body";

const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  new Request("http://x.test/", { method: "POST", body, headers, duplex: "half" } as RequestInit);

/** A sender that goes on for as long as somebody reads; says how many pieces it was asked for. */
function endless(piece: string) {
  const sent = { pieces: 0 };
  const bytes = new TextEncoder().encode(piece);
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        sent.pieces += 1;
        controller.enqueue(bytes);
      },
    },
    { highWaterMark: 0 },
  );
  return { body, sent };
}

it("gives the whole body up to the limit", async () => {
  const read = async (body: BodyInit | null, max: number) => {
    const bytes = await readBytes(post(body), max);
    return bytes && new TextDecoder().decode(bytes);
  };
  expect(await read("hällo", 6)).toBe("hällo");
  expect(await read("hällo", 5)).toBeNull();
  expect(await read("", 5)).toBe("");
  expect(await read(null, 5)).toBe("");
});

it("puts pieces together", async () => {
  const pieces = ["one ", "two ", "three"];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  expect(new TextDecoder().decode((await readBytes(post(body), 100)) ?? undefined)).toBe("one two three");
});

it("reads no further than the limit, however much is sent", async () => {
  const { body, sent } = endless("x".repeat(10));
  expect(await readBytes(post(body), 100)).toBeNull();
  expect(sent.pieces).toBe(11);
});

it("reads nothing of a body that says that it is too large", async () => {
  const { body, sent } = endless("x");
  expect(await readBytes(post(body, { "Content-Length": "101" }), 100)).toBeNull();
  expect(sent.pieces).toBe(0);
});
