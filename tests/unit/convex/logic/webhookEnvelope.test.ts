import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventBody } from "../../../../convex/logic/webhookEnvelope";

const event = {
  _id: "e1",
  workspaceId: "w1",
  brandId: "b1",
  type: "message.created",
  sequence: 3,
  payload: '{"body":"line\\u2028 ü 🙂","n":1.0}',
  occurredAt: Date.UTC(2030, 0, 1, 12, 0, 0, 5),
};

describe("the body of a webhook", () => {
  it("is the event in a fixed order, with the data byte for byte as it was stored", () => {
    expect(eventBody(event)).toBe(
      '{"id":"e1","type":"message.created","apiVersion":"v1","workspaceId":"w1","brandId":"b1","sequence":3,' +
        `"occurredAt":"2030-01-01T12:00:00.005Z","data":${event.payload}}`,
    );
  });

  it("says null for what the event has not", () => {
    const { brandId: _brandId, sequence: _sequence, ...bare } = event;
    expect(JSON.parse(eventBody(bare))).toMatchObject({ brandId: null, sequence: null });
  });

  it("is JSON whatever the data is", () => {
    fc.assert(
      fc.property(fc.json(), (payload) => {
        const { data } = JSON.parse(eventBody({ ...event, payload })) as { data: unknown };
        expect(data).toEqual(JSON.parse(payload));
      }),
    );
  });
});
