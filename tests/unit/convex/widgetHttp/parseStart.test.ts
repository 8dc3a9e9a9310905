import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { looksAutomated, parseStart as parse } from "../../../../convex/widgetHttp/parseStart";
import { FORM_OPEN_MIN_MS } from "../../../../lib/limits";
import { DEFAULT_WIDGET_SETTINGS } from "../../../../lib/widget-settings";

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
const { form } = DEFAULT_WIDGET_SETTINGS;
const parseStart = (body: unknown) => parse(body, form);

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

  it("takes an optional field where it holds something, and checks it then", () => {
    const optional = { ...form, email: "optional", phone: "optional" } as const;
    for (const nothing of [undefined, null, "", "  "]) {
      const parsed = parse({ ...right, email: nothing }, optional);
      expect(parsed).toMatchObject({ ok: true, value: { email: undefined, phone: "+442079460958" } });
    }
    expect(parse({ ...right, email: "x", phone: 7 }, optional)).toMatchObject({
      errors: [{ field: "email" }, { field: "phone" }],
    });
  });

  it("drops what the brand does not ask for, whatever it holds", () => {
    for (const phone of ["+442079460958", "x", 7, undefined]) {
      const parsed = parse({ ...right, phone }, { ...form, phone: "off" });
      expect(parsed).toMatchObject({ ok: true, value: { name: "Maya", phone: undefined } });
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

describe("looksAutomated", () => {
  it("lets pass who tells nothing: programs, and widgets from before", () => {
    for (const body of [right, { ...right, topic: null, openMs: null }, {}, [], null, "text", 7]) {
      expect(looksAutomated(body)).toBe(false);
    }
  });

  it("lets pass a form that was open for long enough, with nothing in the field that people do not see", () => {
    for (const openMs of [FORM_OPEN_MIN_MS, FORM_OPEN_MIN_MS + 0.5, 86_400_000]) {
      expect(looksAutomated({ ...right, topic: "", openMs })).toBe(false);
    }
  });

  it("sees what is in the field that people do not see, of whatever type", () => {
    for (const topic of ["Pills", " ", 0, false, {}, []]) {
      expect(looksAutomated({ ...right, topic, openMs: FORM_OPEN_MIN_MS })).toBe(true);
    }
  });

  it("sees a form that was sent sooner than anybody types, and a time that is none", () => {
    for (const openMs of [FORM_OPEN_MIN_MS - 0.1, 0, -1, "", String(FORM_OPEN_MIN_MS), true, {}, []]) {
      expect(looksAutomated({ ...right, topic: "", openMs })).toBe(true);
    }
  });
});
