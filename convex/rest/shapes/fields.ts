/** Fields that several shapes share. What a caller sends is checked by its documented schema first, then by the product's own rules. */
import { z } from "zod";
import {
  API_LIMIT_DEFAULT,
  API_LIMIT_MAX,
  EMAIL_MAX,
  LEAD_NOTES_MAX,
  MESSAGE_BODY_MAX,
  NAME_MAX,
  SENDER_NAME_MAX,
} from "../../../lib/limits";
import * as check from "../../../lib/validation";
import type { Checked } from "../../../lib/validation";

/** Longer than any id; a longer one names nothing. */
const ID_MAX = 64;
/** Without halves of surrogate pairs, which no function takes. */
const ID = /^[^\p{Cs}]+$/u;
const CURSOR_MAX = 512;
const PHONE_MAX = 40;

export const id = (what: string) =>
  z
    .string()
    .min(1)
    .max(ID_MAX)
    .regex(ID)
    .meta({ description: `Id of ${what}.` });

/** Unix milliseconds. */
export const time = (description: string) =>
  z
    .int()
    .min(0)
    .meta({ description: `${description} Unix milliseconds.` });

/** A text that also passes a check of the product, which may normalise it. */
function checked(schema: z.ZodString, checkText: (text: string) => Checked<string>) {
  return schema.transform((text, ctx) => {
    const result = checkText(text);
    if (result.ok) return result.value;
    ctx.addIssue({ code: "custom", message: result.reason });
    return z.NEVER;
  });
}

/** One line with something to see in it: neither control characters nor halves of surrogate pairs. */
const LINE = /^(?=[\s\S]*[^\s\p{Z}\p{C}])[^\p{Cc}\p{Cs}]*$/u;
/** The same with line breaks and tabs. */
const TEXT = /^(?=[\s\S]*[^\s\p{Z}\p{C}])(?:[\n\r\t]|[^\p{Cc}\p{Cs}])*$/u;
const TEXT_OR_NOTHING = /^(?:[\n\r\t]|[^\p{Cc}\p{Cs}])*$/u;
const EMAIL =
  /^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const PHONE = /^(?:\+|00)[ ().\/-]*[1-9](?:[ ().\/-]*[0-9]){6,14}[ ().\/-]*$/;

const COUNTED = "Counted in UTF-16 code units.";

export const personName = checked(
  z
    .string()
    .min(1)
    .max(NAME_MAX)
    .regex(LINE)
    .meta({ description: `Name, one line. ${COUNTED}` }),
  check.checkName,
);
export const senderName = checked(
  z
    .string()
    .min(1)
    .max(SENDER_NAME_MAX)
    .regex(LINE)
    .meta({ description: `Name that the visitor sees beside the message. ${COUNTED}` }),
  check.checkSenderName,
);
export const email = checked(
  z.string().max(EMAIL_MAX).regex(EMAIL).meta({ description: "Email address. Stored in lower case." }),
  check.checkEmail,
);
export const phone = checked(
  z.string().max(PHONE_MAX).regex(PHONE).meta({
    description: "Phone number with its country code, +44 or 0044; blanks and ( ) . - / are dropped.",
  }),
  check.checkPhone,
);
export const notes = checked(
  z
    .string()
    .max(LEAD_NOTES_MAX)
    .regex(TEXT_OR_NOTHING)
    .meta({ description: `Free text. ${COUNTED}` }),
  check.checkNotes,
);
export const messageBody = checked(
  z
    .string()
    .min(1)
    .max(MESSAGE_BODY_MAX)
    .regex(TEXT)
    .meta({ description: `Text of the message, not blank. ${COUNTED}` }),
  check.checkMessageBody,
);

/** Query parameters that are numbers: their text must be decimal digits. */
export const NUMERIC_PARAMETERS: ReadonlySet<string> = new Set(["limit", "updatedAfter"]);

export const limit = z
  .int()
  .min(1)
  .default(API_LIMIT_DEFAULT)
  .meta({ description: `Rows on the page; above ${API_LIMIT_MAX} counts as ${API_LIMIT_MAX}.` })
  .transform((value) => Math.min(value, API_LIMIT_MAX));

export const cursor = z
  .string()
  .min(1)
  .max(CURSOR_MAX)
  .optional()
  .meta({ description: "`nextCursor` of the page before, with the same filters." });

export const updatedAfter = time(
  "Only what changed after this time, oldest change first. Take `updatedAt` of the last row that you have seen, less 60,000: rows may come twice, none is missed; /events is exact.",
).optional();

/** What every list answers beside its rows. */
export const page = {
  nextCursor: z
    .union([z.string(), z.null()])
    .meta({ description: "Pass it as `cursor` for the next page; null on the last page." }),
  hasMore: z.boolean().meta({ description: "Whether there is a next page." }),
};
