// @vitest-environment node
import { describe, expect, it } from "vitest";
import { joined } from "../../../app/_server/joined";

describe("parts as one stream", () => {
  /** Each part in chunks; what was opened and given up. */
  function parts(texts: string[][]) {
    const opened: number[] = [];
    const cancelled: number[] = [];
    const open = (number: number) => {
      opened.push(number);
      const chunks = [...(texts[number] ?? [])];
      return Promise.resolve(
        new ReadableStream<Uint8Array>(
          {
            pull: (controller) => {
              const chunk = chunks.shift();
              if (chunk === undefined) controller.close();
              else controller.enqueue(new TextEncoder().encode(chunk));
            },
            cancel: () => void cancelled.push(number),
          },
          { highWaterMark: 0 },
        ),
      );
    };
    return { stream: joined(texts.length, open), opened, cancelled };
  }

  it("come in order, whatever their chunks", async () => {
    const { stream } = parts([["a", "b"], [], ["c"]]);
    expect(await new Response(stream).text()).toBe("abc");
    expect(await new Response(parts([]).stream).text()).toBe("");
  });

  it("are opened one after the other, and none once the reader has left", async () => {
    const { stream, opened, cancelled } = parts([["a", "b"], ["c"]]);
    const reader = stream.getReader();
    await reader.read();
    expect(opened).toEqual([0]);
    await reader.cancel();
    expect([opened, cancelled]).toEqual([[0], [0]]);
  });

  it("fail as a whole when one cannot be opened", async () => {
    const stream = joined(1, () => Promise.reject(new Error("gone")));
    await expect(new Response(stream).text()).rejects.toThrow("gone");
  });
});
