/** What zod found wrong, in the API's words. */
import type { z } from "zod";
import type { Problem, ProblemCode } from "./errors";

/** Names that people try to send a key by. A key in an address ends up in logs. */
const KEY_NAMES = new Set(["key", "api_key", "apikey", "token", "access_token", "authorization"]);

/** `value` is what was checked; `pointer` makes the place of a field by its name, and of the whole by "". */
export function problemsOf(
  error: z.ZodError,
  value: unknown,
  known: string[],
  pointer: (name: string) => string,
): Problem[] {
  return error.issues.flatMap((issue) => {
    const name = issue.path.map(String).join("/");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        pointer: pointer(key),
        code: "UNKNOWN" as const,
        detail: unknownDetail(key, known),
      }));
    }
    const label = name === "" ? "The body" : name;
    return [{ pointer: pointer(name), ...explain(issue, label, isMissing(value, issue.path)) }];
  });
}

function unknownDetail(name: string, known: string[]): string {
  if (KEY_NAMES.has(name.toLowerCase())) {
    return "Send the key in the Authorization header. One that was in an address may be in logs: revoke it.";
  }
  const list = known.length === 0 ? "none are" : `known are ${known.join(", ")}`;
  return `${JSON.stringify(name)} is unknown here: ${list}.`;
}

function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  const [name] = path;
  if (path.length !== 1 || name === undefined) return false;
  return typeof value === "object" && value !== null && !Object.hasOwn(value, name);
}

function explain(
  issue: z.core.$ZodIssue,
  label: string,
  missing: boolean,
): { code: ProblemCode; detail: string } {
  if (missing) return { code: "REQUIRED", detail: `${label} is required.` };
  switch (issue.code) {
    case "invalid_type":
      return {
        code: "TYPE",
        detail: `${label} must be ${TYPES[issue.expected] ?? `of type ${issue.expected}`}.`,
      };
    case "too_big":
      return issue.origin === "string"
        ? { code: "LENGTH", detail: `${label} has at most ${issue.maximum} characters.` }
        : { code: "RANGE", detail: `${label} is at most ${issue.maximum}.` };
    case "too_small":
      return issue.origin === "string"
        ? { code: "LENGTH", detail: `${label} has at least ${issue.minimum} characters.` }
        : { code: "RANGE", detail: `${label} is at least ${issue.minimum}.` };
    case "invalid_value":
      return { code: "INVALID", detail: `${label} must be one of ${issue.values.map(String).join(", ")}.` };
    case "invalid_format":
      return {
        code: "INVALID",
        detail: `${label} is not as documented: it must match ${issue.pattern ?? issue.format}.`,
      };
    case "custom":
      return { code: "INVALID", detail: issue.message };
    case "invalid_union":
      return explainUnion(issue, label);
    default:
      return { code: "INVALID", detail: `${label} is not as documented.` };
  }
}

/** Of a field that may be null, what is wrong with it as a value is the one worth telling. */
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  label: string,
): { code: ProblemCode; detail: string } {
  const [first] = issue.errors;
  const [inner] = first ?? [];
  return inner === undefined
    ? { code: "INVALID", detail: `${label} is not as documented.` }
    : explain(inner, label, false);
}

const TYPES: Record<string, string> = {
  string: "a text",
  int: "a whole number, in decimal digits",
  number: "a whole number, in decimal digits",
  object: "an object",
};
