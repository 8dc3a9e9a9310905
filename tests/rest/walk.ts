import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDocumented } from "./conformance";
import { documentedOperations } from "./document";
import type { DocumentedOperation } from "./document";
import { invalidRequest, validRequest } from "./requests";
import type { Generated, Known } from "./requests";
import type { Tenant, World } from "./world";

const RUNS = process.env["PRAXTALK_LONG"] === "1" ? 1_000 : 30;
const SEED = Number(process.env["PRAXTALK_SEED"] ?? Date.now() & 0x7fffffff);
/** Below what a write key may do in a minute. */
const REQUESTS_PER_KEY = 400;

/** Every operation of the document, with right and wrong input. */
export function walkCases(world: () => World): void {
  describe(`a walk over the document (seed ${SEED})`, { timeout: 120_000 }, () => {
    let tenant: Tenant;
    const known: Known = {};
    let key = "";
    let used = 0;

    beforeAll(async () => {
      tenant = await world().makeTenant("Walk");
      const chats = await Promise.all([1, 2, 3].map(() => world().startChat(tenant.widgetId)));
      const lead = await world().call({
        method: "POST",
        path: "/leads",
        key: tenant.key,
        body: { name: "Maya" },
      });
      Object.assign(known, {
        conversationId: chats.map(({ conversationId }) => conversationId),
        leadId: [lead.body["leadId"]],
        brandId: [tenant.brandId],
        assignee: [tenant.operatorId],
      });
    });

    async function send(operation: DocumentedOperation, { params, query, body }: Generated) {
      if (used++ % REQUESTS_PER_KEY === 0) key = await world().makeKey(tenant);
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
      const answer = await world().call({ method: operation.method, path, query, body, key });
      const about = `${operation.method} ${path} ${JSON.stringify({ query, body })}`;
      expectDocumented(operation, answer, about);
      return { answer, about };
    }

    it.each(documentedOperations.map((operation) => [operation.operationId, operation] as const))(
      "%s accepts what is documented",
      async (_id, operation) => {
        await fc.assert(
          fc.asyncProperty(validRequest(operation, known), async (request) => {
            const { answer, about } = await send(operation, request);
            expect(answer.status, `${about} → ${answer.text}`).toBeLessThan(300);
          }),
          { seed: SEED, numRuns: RUNS },
        );
      },
    );

    it.each(
      documentedOperations
        .filter((operation) => operation["x-scope"] !== undefined)
        .map((operation) => [operation.operationId, operation] as const),
    )("%s refuses what is not", async (_id, operation) => {
      await fc.assert(
        fc.asyncProperty(invalidRequest(operation, known), async (request) => {
          const { answer, about } = await send(operation, request);
          expect([400, 422], `${about} → ${answer.text}`).toContain(answer.status);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    });
  });
}
