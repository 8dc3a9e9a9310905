/** The body of `POST /widget/start`: parsed once, every wrong field reported. Pure. */
import { FORM_OPEN_MIN_MS } from "../../lib/limits";
import * as check from "../../lib/validation";
import type { Checked } from "../../lib/validation";
import type { FieldMode, WidgetForm } from "../../lib/widget-settings";
import { storablePage } from "../logic/pageAddress";
import type { FieldError } from "../rest/responses";

export type StartRequest = {
  widgetId: string;
  visitorKey: string;
  clientMessageId: string;
  identityToken?: string;
  name?: string;
  email?: string;
  phone?: string;
  message: string;
  page?: string;
  customData?: string;
};

type Parsed = { ok: true; value: StartRequest } | { ok: false; errors: FieldError[] };

const WIDGET_ID_MAX = 64;

const checkWidgetId = (text: string): Checked<string> =>
  text.length > 0 && text.length <= WIDGET_ID_MAX
    ? { ok: true, value: text }
    : { ok: false, reason: "widgetId must be the id from the snippet." };

const fieldsOf = (body: unknown): Record<string, unknown> =>
  typeof body === "object" && body !== null ? { ...body } : {};

/** Who wants to start, unchecked: which fields the form needs depends on it. */
export function startedBy(body: unknown): Pick<StartRequest, "widgetId" | "visitorKey" | "identityToken"> {
  const { widgetId, visitorKey, identityToken } = fieldsOf(body);
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    widgetId: text(widgetId),
    visitorKey: text(visitorKey),
    ...(identityToken == null ? {} : { identityToken: text(identityToken) }),
  };
}

/**
 * Whether the form tells of a script: `topic`, which people do not see, holds something, or the form was open for fewer
 * milliseconds (`openMs`) than a person needs. Programs and older widgets send neither, and so tell nothing.
 */
export function looksAutomated(body: unknown): boolean {
  const { topic, openMs } = fieldsOf(body);
  const isTrapped = topic != null && topic !== "";
  const isTooSoon = openMs != null && !(typeof openMs === "number" && openMs >= FORM_OPEN_MIN_MS);
  return isTrapped || isTooSoon;
}

/** `form`: which fields are needed; one that the brand does not ask for is dropped, whatever it holds. */
export function parseStart(body: unknown, form: WidgetForm): Parsed {
  const fields = fieldsOf(body);
  const errors: FieldError[] = [];
  const take = (field: string, checkText: (text: string) => Checked<string>): string => {
    const text = fields[field] ?? "";
    const checked: Checked<string> =
      typeof text === "string" ? checkText(text) : { ok: false, reason: `${field} must be a text.` };
    if (checked.ok) return checked.value;
    errors.push({ field, message: checked.reason });
    return "";
  };
  const takeAsked = (
    field: string,
    mode: FieldMode,
    checkText: (text: string) => Checked<string>,
  ): string | undefined => {
    const text = fields[field] ?? "";
    const isLeftOut = typeof text === "string" && text.trim() === "";
    return mode === "off" || (mode === "optional" && isLeftOut) ? undefined : take(field, checkText);
  };
  const value: StartRequest = {
    widgetId: take("widgetId", checkWidgetId),
    visitorKey: take("visitorKey", check.checkVisitorKey),
    clientMessageId: take("clientMessageId", check.checkClientMessageId),
    // What is no token proves nothing, and is refused as such.
    identityToken: startedBy(body).identityToken,
    name: takeAsked("name", form.name, check.checkName),
    email: takeAsked("email", form.email, check.checkEmail),
    phone: takeAsked("phone", form.phone, check.checkPhone),
    message: take("message", check.checkMessageBody),
    page: storablePage(fields.page),
    customData: fields.customData == null ? undefined : take("customData", check.checkCustomData),
  };
  return errors.length === 0 ? { ok: true, value } : { ok: false, errors };
}
