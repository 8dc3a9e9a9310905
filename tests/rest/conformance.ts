/** Whether an answer is one that the document promises. */
import { expect } from "vitest";
import { mismatch } from "./document";
import type { OperationObject } from "./document";
import type { Answer } from "./world";

/** Of HTTP itself, of the server, or the same on every answer of the API whatever the operation. */
const GENERAL_HEADERS = new Set([
  "access-control-allow-origin",
  "access-control-expose-headers",
  "cache-control",
  "connection",
  "content-length",
  "content-type",
  "convex-request-id",
  "date",
  "keep-alive",
  "transfer-encoding",
  "x-content-type-options",
]);

/** Headers that come with some answers of a status and not with others. */
const SOMETIMES = new Set(["idempotent-replayed"]);

/** No undocumented status, header or field; every promised header; never a fault. */
export function expectDocumented(operation: OperationObject, answer: Answer, about: string): void {
  const said = `${about} → ${answer.status} ${answer.text.slice(0, 300)}`;
  expect(answer.status, said).toBeLessThan(500);
  const documented = operation.responses[String(answer.status)];
  expect(documented, said).toBeDefined();
  const schema = documented?.content["application/json"]?.schema ?? {};
  expect(mismatch(schema, answer.body), said).toBeNull();
  const promised = Object.keys(documented?.headers ?? {}).map((name) => name.toLowerCase());
  const sent = [...answer.headers.keys()];
  expect(
    sent.filter((name) => !GENERAL_HEADERS.has(name) && !promised.includes(name)),
    said,
  ).toEqual([]);
  expect(
    promised.filter((name) => !SOMETIMES.has(name) && !sent.includes(name)),
    said,
  ).toEqual([]);
  expect(answer.headers.get("Content-Type"), said).toBe("application/json; charset=utf-8");
  expect(answer.headers.get("Cache-Control"), said).toBe("no-store");
  if (answer.status >= 400) expect(answer.body["requestId"], said).toBe(answer.headers.get("X-Request-Id"));
}
