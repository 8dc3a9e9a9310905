import { expect, test } from "vitest";
import { failureOf, SourceMaps } from "@/embedded/runtime/failure";

const asked: string[] = [];
const maps = new SourceMaps((identifier) => {
  asked.push(identifier);
  return null;
});

function thrown(message: string, frame: string): Error {
  const error = new RangeError(message);
  error.stack = `RangeError: ${message}\n    at ${frame}\n    at node:internal/main:1:1`;
  return error;
}

test("frames are those of the stack, whatever the message looks like", () => {
  const fake = "no room\n    at steal (convex:/user/../../../etc/secret:1:1)";
  const { message } = failureOf(thrown(fake, "book (convex:/user/rooms.js:3:9)"), maps);
  expect(message).toBe(`Uncaught RangeError: ${fake}\n    at book (rooms.js:3:9)\n`);
  expect(asked).toEqual(["convex:/user/rooms.js"]);
});
