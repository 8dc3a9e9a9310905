import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMAIL_MAX, MESSAGE_BODY_MAX, NAME_MAX } from "../../../lib/limits";
import * as check from "../../../lib/validation";
import type { Checked } from "../../../lib/validation";

const accepted = (checked: Checked<string>): string | null => (checked.ok ? checked.value : null);
const reasonOf = (checked: Checked<string>): string | null => (checked.ok ? null : checked.reason);

const everyCheck = Object.entries({
  body: check.checkMessageBody,
  name: (text: string) => check.checkName(text),
  email: check.checkEmail,
  phone: check.checkPhone,
  password: check.checkPassword,
  clientMessageId: check.checkClientMessageId,
  visitorKey: check.checkVisitorKey,
  page: check.checkPageUrl,
  customData: check.checkCustomData,
});

describe("every check", () => {
  const anyText = fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 400 }));

  it.each(everyCheck)("%s takes its own answer again unchanged", (_name, checkText) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const checked = checkText(text);
        if (checked.ok) expect(checkText(checked.value)).toEqual(checked);
        else expect(checked.reason).not.toBe("");
      }),
    );
  });

  it.each(everyCheck)("%s lets nothing through that UTF-8 cannot hold", (_name, checkText) => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("\ud800", "\udfff"), (text, half) => {
        const value = accepted(checkText(`https://x.test/?+4420${text}${half}`));
        if (value !== null) expect(decodeURIComponent(encodeURIComponent(value))).toBe(value);
      }),
    );
  });
});

describe("checkMessageBody", () => {
  it("trims, keeps inner line breaks and tabs, and makes every line break \\n", () => {
    expect(accepted(check.checkMessageBody("  a\r\nb\rc\n\td  "))).toBe("a\nb\nc\n\td");
  });

  it.each(["", "   ", "\n\t\r\n", "\u00a0\u2003", "\u200b\u2060\ufeff", "\u200b \u200d"])(
    "finds %j blank",
    (text) => {
      expect(reasonOf(check.checkMessageBody(text))).toBe("Write a message first.");
    },
  );

  it("allows 10,000 characters and says how many there are when there are more", () => {
    expect(check.checkMessageBody("x".repeat(MESSAGE_BODY_MAX)).ok).toBe(true);
    expect(check.checkMessageBody(` ${"x".repeat(MESSAGE_BODY_MAX)} `).ok).toBe(true);
    expect(reasonOf(check.checkMessageBody("x".repeat(MESSAGE_BODY_MAX + 1)))).toContain("10,001");
    expect(reasonOf(check.checkMessageBody("x".repeat(100_000)))).toContain("100,000");
  });

  it("refuses each control character but \\n and \\t", () => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter((char) =>
      /\p{Cc}/u.test(char),
    );
    const allowed = controls.filter((char) => check.checkMessageBody(`a${char}b`).ok);
    expect(allowed).toEqual(["\t", "\n", "\r"]);
    expect(controls).toHaveLength(65);
  });

  it("keeps joined emoji and right-to-left marks", () => {
    for (const text of ["👩‍👩‍👧", "\u200fשלום"]) expect(accepted(check.checkMessageBody(text))).toBe(text);
  });
});

describe("checkName", () => {
  it("takes one line of 1 to 120 characters", () => {
    expect(accepted(check.checkName("  Zoë O'Neil-李  "))).toBe("Zoë O'Neil-李");
    expect(check.checkName("x".repeat(NAME_MAX)).ok).toBe(true);
    for (const wrong of ["", " ", "x".repeat(NAME_MAX + 1), "a\nb", "a\u0000", "\u200b"]) {
      expect(check.checkName(wrong).ok).toBe(false);
    }
    expect(reasonOf(check.checkName("", "workspace name"))).toBe("Enter a workspace name.");
  });
});

describe("checkEmail", () => {
  it.each(["a@b.co", "first.last+tag@sub.example-site.com", "o'neil@x.io", "x_y@123.example"])(
    "takes %s",
    (email) => {
      expect(accepted(check.checkEmail(` ${email.toUpperCase()} `))).toBe(email);
    },
  );

  it.each([
    "",
    "plain",
    "@x.com",
    "a@",
    "a@b",
    "a@b.",
    "a@.com",
    "a..b@x.com",
    ".a@x.com",
    "a b@x.com",
    "a@x_y.com",
    "a@-x.com",
    "a@x-.com",
    "a@1.2.3.4",
    "a@b.com\nBcc: c@d.com",
    "a@b@c.com,",
    "<a@b.com>",
    `${"a".repeat(65)}@x.com`,
    `a@${"b.".repeat(EMAIL_MAX / 2)}com`,
  ])("refuses %j", (email) => {
    expect(check.checkEmail(email).ok).toBe(false);
  });
});

describe("checkPhone", () => {
  it.each([
    ["+44 20 7946 0958", "+442079460958"],
    ["0044 (20) 7946-0958", "+442079460958"],
    ["+1.415.555.0100", "+14155550100"],
    ["+91-98765-43210", "+919876543210"],
  ])("writes %s as %s", (text, phone) => {
    expect(accepted(check.checkPhone(text))).toBe(phone);
  });

  it.each([
    "",
    "020 7946 0958",
    "12345",
    "+",
    "+0123456789",
    "+44abc1234567",
    "+1234567890123456",
    "+44+207946095",
  ])("refuses %j", (text) => {
    expect(check.checkPhone(text).ok).toBe(false);
  });
});

describe("checkPassword", () => {
  it("takes 8 to 256 characters as they are", () => {
    expect(accepted(check.checkPassword(" päss wörd "))).toBe(" päss wörd ");
    expect(check.checkPassword("x".repeat(256)).ok).toBe(true);
    for (const wrong of ["", "seven77", "x".repeat(257), " ".repeat(9), "pass\u0000word"]) {
      expect(check.checkPassword(wrong).ok).toBe(false);
    }
  });
});

describe("checkPageUrl", () => {
  it("takes web pages, without fragment and credentials", () => {
    expect(accepted(check.checkPageUrl("https://u:p@shop.test/cart?x=1#pay"))).toBe(
      "https://shop.test/cart?x=1",
    );
    for (const wrong of ["", "/cart", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"]) {
      expect(check.checkPageUrl(wrong).ok).toBe(false);
    }
    expect(check.checkPageUrl(`https://x.test/${"a".repeat(2048)}`).ok).toBe(false);
  });
});

describe("identifiers made by clients", () => {
  it("have a fixed alphabet and length", () => {
    expect(check.checkVisitorKey(`v_${"0a".repeat(32)}`).ok).toBe(true);
    for (const wrong of ["", "v_", `v_${"0A".repeat(32)}`, `v_${"0".repeat(63)}`, `v_${"0".repeat(65)}`]) {
      expect(check.checkVisitorKey(wrong).ok).toBe(false);
    }
    for (const right of ["a", "A-Z_09", "x".repeat(64)])
      expect(check.checkClientMessageId(right).ok).toBe(true);
    for (const wrong of ["", "a b", "a/b", "ä", "a\n", "x".repeat(65)]) {
      expect(check.checkClientMessageId(wrong).ok).toBe(false);
    }
  });
});
