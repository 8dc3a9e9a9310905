/**
 * Stands in the bundle for Convex's value formats. What visitors' functions take and give is JSON as it is: texts,
 * finite numbers, booleans, null, lists and objects; no bytes and no 64 bit integers.
 */
export const convexToJson = <Value>(value: Value): Value => value;
export const jsonToConvex = convexToJson;

/** As JSON.stringify does it, but for `toJSON`: old libraries give every list one that makes it a text. */
export function toJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join()}]`;
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${fields.map(([name, each]) => `${toJson(name)}:${toJson(each)}`).join()}}`;
}

/** For the timestamps of the protocol. */
export const Base64 = {
  toByteArray: (text: string): Uint8Array => Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0)),
  fromByteArray: (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)),
};

/** A refusal; `data` is put in by whoever throws it. */
export class ConvexError extends Error {}

export const parseArgs = <Args extends object>(args: Args | undefined): Args | object => args ?? {};

/** The address is the deployment's own word. */
export function validateDeploymentUrl(): void {
  /* the panel turns this check off */
}

/** Only for tokens, which visitors do not have. */
export function jwtDecode(): Record<string, never> {
  return {};
}
