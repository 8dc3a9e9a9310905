import { describe, expect, it } from "vitest";
import { Sending } from "../../../../convex/model/webhookSending";
import type { Ended } from "../../../../convex/model/webhookSending";
import type { AttemptRequest } from "../../../../convex/validators/webhooks";
import { makeScene, OK } from "./scene";

const request = (attemptId: string) => ({ attemptId }) as AttemptRequest;
const names = (count: number) => Array.from({ length: count }, (_, index) => `a${index}`);

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((done, fail) => ((resolve = done), (reject = fail)));
  return { promise, resolve, reject };
}

/** Attempts that succeed at once, and pages of results whose first is held back. */
function recording() {
  const pages: string[][] = [];
  const first = deferred();
  const record = async (results: Ended[]) => {
    pages.push(results.map(({ attemptId }) => attemptId));
    if (pages.length === 1) await first.promise;
    return [];
  };
  return { pages, first, sending: new Sending(() => Promise.resolve(OK), record) };
}

describe("results", () => {
  it("are recorded by pages, however many come while others are being recorded", async () => {
    const { pages, first, sending } = recording();
    sending.start(names(501).map(request));
    await new Promise((resolve) => setImmediate(resolve));
    first.resolve();
    await sending.end();
    expect(pages.map((page) => page.length)).toEqual([1, ...Array.from({ length: 10 }, () => 50)]);
    expect(pages.flat().sort()).toEqual(names(501).sort());
  });

  it("are recorded although those before them could not be", async () => {
    const { pages, first, sending } = recording();
    sending.start(names(3).map(request));
    await new Promise((resolve) => setImmediate(resolve));
    first.reject(new Error("lost to others"));
    await expect(sending.end()).rejects.toThrow("could not be recorded");
    expect(pages).toEqual([["a0"], ["a1", "a2"]]);
  });
});

it("a page of results, each of an endpoint with a full share to claim, fits in a transaction", async () => {
  const scene = await makeScene();
  const ids = await Promise.all(names(50).map(() => scene.subscribe()));
  await Promise.all(ids.map((id) => scene.deliver(id)));
  await scene.dispatch(...ids);
  const { requests } = await scene.take();
  for (const id of ids) for (let each = 0; each < 5; each++) await scene.deliver(id);
  expect(requests).toHaveLength(50);
  expect(await scene.record(requests, OK, "claim")).toHaveLength(250);
});
