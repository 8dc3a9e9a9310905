import { encodeValue } from "../storage/key-encoding";
import type { JSONValue } from "../storage/types";
import { checkConvexValue, isObject } from "./document";

/** A value that a query compares with, as indexes hold it; `{"$undefined": null}` stands for a missing field. */
export function encodeQueryValue(value: JSONValue): string {
  if (isObject(value) && Object.hasOwn(value, "$undefined")) return encodeValue(undefined);
  return encodeValue(checkConvexValue(value).value);
}
