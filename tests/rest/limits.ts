import { describe, expect, it } from "vitest";
import { API_RATE_STRANGER, API_RATE_WRITE } from "../../lib/limits";
import { randomAddress } from "./world";
import type { Answer, World } from "./world";

const MINUTE = 60_000;
/** Requests at the same time. */
const PARALLEL = 16;

type Counted = { ok: number; refused: Answer[] };

export function limitCases(world: () => World): void {
  describe("limits", { timeout: 120_000 }, () => {
    /** Sends until one is refused; begins anew, as somebody else, when the minute ends meanwhile. */
    async function exhaust(asNew: () => Promise<() => Promise<Answer>>, most: number): Promise<Counted> {
      for (;;) {
        const send = await asNew();
        const began = Math.floor(Date.now() / MINUTE);
        let ok = 0;
        let refused: Answer[] = [];
        while (refused.length === 0 && ok <= most) {
          const answers = await Promise.all(Array.from({ length: PARALLEL }, send));
          ok += answers.filter(({ status }) => status !== 429).length;
          refused = answers.filter(({ status }) => status === 429);
          expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
        }
        if (Math.floor(Date.now() / MINUTE) !== began) continue;
        if (refused.length === 0) throw new Error(`None of ${ok} requests was refused.`);
        return { ok, refused };
      }
    }

    function expectRefusal({ status, body, headers }: Answer, limit: number): void {
      expect({ status, code: body["code"] }).toEqual({ status: 429, code: "RATE_LIMITED" });
      const seconds = Number(headers.get("Retry-After"));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(body["retryAfterSeconds"]).toBe(seconds);
      expect(headers.get("X-RateLimit-Limit")).toBe(String(limit));
      expect(headers.get("X-RateLimit-Remaining")).toBe("0");
      expect(headers.get("RateLimit")).toMatch(/^"minute";r=0;t=\d+$/);
      expect(headers.get("RateLimit-Policy")).toBe(`"minute";q=${limit};w=60`);
      const reset = Number(headers.get("X-RateLimit-Reset")) * 1000;
      expect(reset % MINUTE).toBe(0);
      expect(Math.abs(Date.now() + seconds * 1000 - reset)).toBeLessThan(5_000);
    }

    it("give a write key its requests of a minute, counted over shards, whatever they do", async () => {
      const tenant = await world().makeTenant("Limits");
      const asNew = async () => {
        const key = await world().makeKey(tenant);
        return inTurn([
          () => world().call({ path: "/brands", key }),
          () => world().call({ path: "/leads", query: { limit: 0 }, key }),
          () => world().call({ path: "/leads/x", method: "PATCH", body: { name: "A" }, key }),
          () => world().call({ path: "/leads", method: "POST", body: { name: "A" }, key }),
        ]);
      };
      const { ok, refused } = await exhaust(asNew, API_RATE_WRITE);
      expect(ok).toBeLessThanOrEqual(API_RATE_WRITE);
      expect(ok).toBeGreaterThan(API_RATE_WRITE * 0.8);
      for (const answer of refused) expectRefusal(answer, API_RATE_WRITE);
      // Another key of the workspace has its own.
      expect((await world().call({ path: "/brands", key: tenant.brandKey })).status).toBe(200);
    });

    it("count down for a key as it asks", async () => {
      const tenant = await world().makeTenant("Countdown");
      const remaining = async () => {
        const { headers } = await world().call({ path: "/brands", key: tenant.key });
        return Number(headers.get("X-RateLimit-Remaining"));
      };
      const before = await remaining();
      expect(before).toBeGreaterThan(API_RATE_WRITE - 20);
      for (let i = 0; i < 60; i++) await remaining();
      expect(await remaining()).toBeLessThanOrEqual(API_RATE_WRITE);
    });

    it("give an address without a valid key a few, and then refuse it without a write", async () => {
      let address = {};
      let send = () => world().call({ path: "/brands" });
      const asNew = () => {
        const headers = { "X-Forwarded-For": randomAddress() };
        address = headers;
        send = inTurn([
          () => world().call({ path: "/brands", headers }),
          () => world().call({ path: "/brands", key: `ptk_live_${"0".repeat(40)}`, headers }),
          () => world().call({ path: "/leads", method: "POST", body: {}, headers }),
          () => world().call({ path: "/nothing", headers }),
          () => world().call({ path: "/brands", method: "DELETE", headers }),
        ]);
        return Promise.resolve(send);
      };
      const { ok, refused } = await exhaust(asNew, API_RATE_STRANGER);
      expect(ok).toBe(API_RATE_STRANGER);
      for (const answer of refused) expectRefusal(answer, API_RATE_STRANGER);
      expect((await world().call({ path: "/brands" })).status).toBe(401);

      const before = await world().admin<unknown>("scenes:snapshot", {});
      for (let i = 0; i < 10; i++) await send();
      expect(await world().admin<unknown>("scenes:snapshot", {})).toEqual(before);

      // Who has a key is not held to what others did from the same address.
      const tenant = await world().makeTenant("Neighbour");
      expect((await world().call({ path: "/brands", key: tenant.key, headers: address })).status).toBe(200);
      expect((await world().call({ path: "/ping", headers: address })).status).toBe(200);
    });

    it("know an address by its proxy's word, not by its own", async () => {
      const answer = async (forwarded: string) => {
        const { headers } = await world().call({
          path: "/brands",
          headers: { "X-Forwarded-For": forwarded },
        });
        return Number(headers.get("X-RateLimit-Remaining"));
      };
      const own = randomAddress();
      await answer(own);
      // The nearest untrusted address counts: what stands left of it is what the client says.
      expect(await answer(`1.2.3.4, ${own}`)).toBeLessThan(API_RATE_STRANGER - 1);
      const network = `2001:db8:${randomHex()}:${randomHex()}`;
      await answer(`${network}::1`);
      expect(await answer(`${network}:ffff::2`)).toBeLessThan(API_RATE_STRANGER - 1);
    });
  });
}

function inTurn(sends: (() => Promise<Answer>)[]): () => Promise<Answer> {
  let turn = 0;
  return () => sends[turn++ % sends.length]!();
}

const randomHex = () => (crypto.getRandomValues(new Uint16Array(1))[0]! | 0x1000).toString(16);
