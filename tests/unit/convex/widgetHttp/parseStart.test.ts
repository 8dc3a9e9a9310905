import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStart } from "../../../../convex/widgetHttp/parseStart";

const right = {
  widgetId: "ws_0011223344556677",
  visitorKey: `v_${"0".repeat(64)}`,
  clientMessageId: "m1",
  name: " Maya ",
  email: "Maya@Example.com",
  phone: "+44 20 7946 0958",
  message: "Hello",
};
const FIELDS = Object.keys(right);

describe("parseStart", () => {
  it("normalises what is right, and drops what it does not know", () => {
    expect(parseStart({ ...right, page: "https://x.test/#a", extra: 1 })).toEqual({
      ok: true,
      value: {
        ...right,
        name: "Maya",
        email: "maya@example.com",
        phone: "+442079460958",
        page: "https://x.test/",
      },
    });
  });

  it("leaves out a page that cannot be stored", () => {
    for (const page of [undefined, null, 7, "about:blank", "x".repeat(5000)]) {
      expect(parseStart({ ...right, page })).toMatchObject({ ok: true, value: { page: undefined } });
    }
  });

  it("reports every field that is missing or of another type, once", () => {
    expect(parseStart({})).toMatchObject({ errors: FIELDS.map((field) => ({ field })) });
    for (const field of FIELDS) {
      for (const value of [undefined, null, 7, {}, [], true]) {
        const parsed = parseStart({ ...right, [field]: value });
        expect(parsed).toMatchObject({ ok: false, errors: [{ field }] });
      }
    }
  });

  it("survives any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(parseStart(body).ok).toBe(false);
      }),
    );
  });
});
