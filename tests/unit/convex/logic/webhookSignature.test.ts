import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deliveryHeaders,
  formatWebhookSecret,
  signatureHeaders,
  signingOrder,
  webhookSecretPreview,
} from "../../../../convex/logic/webhookSignature";

const BYTES = Uint8Array.from({ length: 32 }, (_, index) => index);
const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER = formatWebhookSecret(BYTES.map((byte) => 255 - byte));
const BODY = '{"text":"Grüße 👋"}';

describe("formatWebhookSecret", () => {
  it("is whsec_ and the bytes in base64; lists show twelve characters", () => {
    expect(formatWebhookSecret(BYTES)).toBe(SECRET);
    expect(webhookSecretPreview(SECRET)).toBe("whsec_AAECAw");
  });
});

describe("signatureHeaders", () => {
  // Computed with Python's hmac: hex over "<t>.<body>" with the text as key, base64 over "<id>.<t>.<body>" with the bytes.
  it("signs in both schemes", async () => {
    expect(
      await signatureHeaders({ eventId: "evt_1", body: BODY, secrets: [SECRET], timestamp: 1_700_000_000 }),
    ).toEqual([
      [
        "X-PraxTalk-Signature",
        "t=1700000000,v1=bd65173642213901d160333e329fc57b3e7fad527a181485fe37095ee7bd02c6",
      ],
      ["webhook-id", "evt_1"],
      ["webhook-timestamp", "1700000000"],
      ["webhook-signature", "v1,3MOQu/WTUwPpOQjFLIxx9/oso4HkHw1L5PmDoPzdoaw="],
    ]);
  });

  it("has one signature per secret, in their order, each as it would be alone", async () => {
    const signed = { eventId: "evt_1", body: BODY, timestamp: 1_700_000_000 };
    const values = async (secrets: string[]) => {
      const headers = new Map(await signatureHeaders({ ...signed, secrets }));
      return {
        own: headers.get("X-PraxTalk-Signature")?.split(","),
        standard: headers.get("webhook-signature")?.split(" "),
      };
    };
    const [one, two, both, reversed] = [
      await values([SECRET]),
      await values([OTHER]),
      await values([SECRET, OTHER]),
      await values([OTHER, SECRET]),
    ];
    expect(both.own).toEqual([one.own?.[0], one.own?.[1], two.own?.[1]]);
    expect(reversed.own).toEqual([one.own?.[0], two.own?.[1], one.own?.[1]]);
    expect(both.standard).toEqual([one.standard?.[0], two.standard?.[0]]);
    expect(reversed.standard).toEqual([two.standard?.[0], one.standard?.[0]]);
  });

  it("covers the time, the body and the id", async () => {
    const signed = { eventId: "evt_1", body: BODY, secrets: [SECRET], timestamp: 1_700_000_000 };
    const signaturesOf = async (change: Partial<typeof signed>) => {
      const headers = new Map(await signatureHeaders({ ...signed, ...change }));
      return [headers.get("X-PraxTalk-Signature")?.split("v1=")[1], headers.get("webhook-signature")];
    };
    const [own, standard] = await signaturesOf({});
    for (const change of [{ body: `${BODY} ` }, { timestamp: 1_700_000_001 }, { secrets: [OTHER] }]) {
      const [otherOwn, otherStandard] = await signaturesOf(change);
      expect(otherOwn).not.toBe(own);
      expect(otherStandard).not.toBe(standard);
    }
    expect((await signaturesOf({ eventId: "evt_2" }))[1]).not.toBe(standard);
  });

  it("refuses what is no secret", async () => {
    const signed = { eventId: "evt_1", body: "", timestamp: 1 };
    await expect(signatureHeaders({ ...signed, secrets: ["secret"] })).rejects.toThrow("whsec_");
  });

  it("is a header of one form for every body", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), fc.nat(), async (body, timestamp) => {
        const headers = new Map(
          await signatureHeaders({ eventId: "evt_1", body, secrets: [SECRET, OTHER], timestamp }),
        );
        expect(headers.get("X-PraxTalk-Signature")).toMatch(/^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
        expect(headers.get("webhook-signature")).toMatch(/^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/);
      }),
    );
  });
});

describe("signingOrder", () => {
  const rotation = { current: "new", previous: "old", previousUntil: 1_000 };
  it.each([
    ["without a rotation", { current: "new" }, 0, ["new"]],
    ["until the receiver has the new secret", rotation, 999, ["old", "new"]],
    ["after that", { ...rotation, confirmedAt: 500 }, 999, ["new", "old"]],
    ["from the end of the rotation", rotation, 1_000, ["new"]],
    ["from the end of a confirmed one", { ...rotation, confirmedAt: 500 }, 1_000, ["new"]],
    ["without an end", { current: "new", previous: "old" }, 0, ["new"]],
  ])("%s", (_name, secrets, now, expected) => {
    expect(signingOrder(secrets, now)).toEqual(expected);
  });
});

describe("deliveryHeaders", () => {
  const delivered = { eventId: "evt_1", eventType: "lead.created", attemptId: "att_1" };
  it("names the event and the attempt", () => {
    expect(deliveryHeaders({ ...delivered, attempt: 2 })).toEqual([
      ["Content-Type", "application/json"],
      ["User-Agent", "PraxTalk-Webhooks/1.0"],
      ["X-PraxTalk-Event", "lead.created"],
      ["X-PraxTalk-Event-Id", "evt_1"],
      ["X-PraxTalk-Delivery", "att_1"],
      ["X-PraxTalk-Attempt", "2/6"],
    ]);
  });

  it("says of an attempt by hand that it is one", () => {
    expect(deliveryHeaders({ ...delivered, attempt: "manual" })).toContainEqual([
      "X-PraxTalk-Attempt",
      "manual",
    ]);
  });
});
