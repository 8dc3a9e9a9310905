/** Makes the realm that user code runs in: ECMAScript, the web platform, `Convex`, and nothing of Node. */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import vm from "node:vm";
import { PlainText } from "./log-buffer";
import { installPrelude, type PreludeHost } from "./realm-prelude";

/** What differs between workers; see PreludeHost for the methods it shares with that. */
export type RealmHooks = Omit<PreludeHost, "globals" | "errors" | "plainText" | "bodies"> & {
  /** Why `fetch()` is refused now; null: it is not. */
  fetchRefusal(): string | null;
  /** Tells the worker of a host promise that user code may be waiting for. Queries and mutations only. */
  hostOperation<T>(promise: Promise<T>): Promise<T>;
  timers: Timers | null;
};

export type Timers = {
  set(callback: () => void, delay: number, repeat: boolean): number;
  clear(id: number): void;
};

/** Classes and functions of the host that are safe to share. Buffers are shared so that `instanceof` holds for theirs. */
const SHARED = [
  ...["ArrayBuffer", "SharedArrayBuffer", "DataView", "Atomics", "WebAssembly"],
  ...[
    "Uint8Array",
    "Uint8ClampedArray",
    "Uint16Array",
    "Uint32Array",
    "Int8Array",
    "Int16Array",
    "Int32Array",
  ],
  ...["Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"],
  ...["URL", "URLSearchParams", "DOMException", "Event", "EventTarget", "structuredClone", "atob", "btoa"],
  ...[
    "AbortController",
    "AbortSignal",
    "TextEncoder",
    "TextDecoder",
    "TextEncoderStream",
    "TextDecoderStream",
  ],
  ...[
    "ReadableStream",
    "ReadableStreamDefaultReader",
    "ReadableStreamBYOBReader",
    "ReadableStreamBYOBRequest",
  ],
  ...["ReadableStreamDefaultController", "ReadableByteStreamController", "WritableStream"],
  ...["WritableStreamDefaultController", "WritableStreamDefaultWriter", "TransformStream"],
  ...["TransformStreamDefaultController", "ByteLengthQueuingStrategy", "CountQueuingStrategy"],
  ...[
    "CompressionStream",
    "DecompressionStream",
    "Blob",
    "File",
    "Headers",
    "FormData",
    "Request",
    "Response",
  ],
  ...["CryptoKey"],
];

const ERRORS = [
  ...["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError"],
  "AggregateError",
];

const SUBTLE = [
  ...["encrypt", "decrypt", "sign", "verify", "digest", "deriveKey", "deriveBits", "importKey", "exportKey"],
  "generateKey",
];

/** The error of an operation that only actions may use; `thing` as production names it. */
export function actionOnly(thing: string): Error {
  return new Error(
    `Can't use ${thing} in queries and mutations. Please consider using an action. ` +
      "See https://docs.convex.dev/functions/actions for more details.",
  );
}

/**
 * `deterministic`: for queries and mutations, without network, timers and real randomness. The realm has an ordinary
 * global object (no interceptors), since those make every use of a global several times slower.
 */
export function createRealm(kind: "deterministic" | "action", hooks: RealmHooks): vm.Context {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY);
  const host: PreludeHost = {
    ...hooks,
    globals: { ...pick(SHARED), AsyncLocalStorage, AsyncResource, ...capabilities(kind, hooks) },
    errors: pick(ERRORS) as PreludeHost["errors"],
    bodies: [Request.prototype, Response.prototype],
    plainText: (text) => new PlainText(text),
  };
  const install = vm.runInContext(`(${installPrelude.toString()})`, context) as typeof installPrelude;
  install(host);
  return context;
}

function pick(names: readonly string[]): Record<string, unknown> {
  const scope = globalThis as unknown as Record<string, unknown>;
  return Object.fromEntries(names.filter((name) => name in scope).map((name) => [name, scope[name]]));
}

function capabilities(kind: "deterministic" | "action", hooks: RealmHooks): Record<string, unknown> {
  return kind === "action" ? actionCapabilities(hooks) : refusedCapabilities(hooks);
}

function actionCapabilities(hooks: RealmHooks): Record<string, unknown> {
  const { timers } = hooks;
  const set =
    (repeat: boolean) =>
    (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) =>
      timers?.set(() => callback(...args), Number(delay ?? 0), repeat);
  const clear = (id: unknown) => timers?.clear(Number(id));
  return {
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const refusal = hooks.fetchRefusal();
      if (refusal !== null) throw new Error(refusal);
      return fetch(input, init);
    },
    setTimeout: set(false),
    setInterval: set(true),
    clearTimeout: clear,
    clearInterval: clear,
    crypto: {
      subtle: subtle(hooks),
      getRandomValues: <T extends ArrayBufferView>(array: T) => crypto.getRandomValues(array as never),
      randomUUID: () => crypto.randomUUID(),
    },
  };
}

function refusedCapabilities(hooks: RealmHooks): Record<string, unknown> {
  const refuse = (thing: string) => (): never => {
    throw actionOnly(thing);
  };
  for (const prototype of [Request.prototype, Response.prototype]) {
    Object.defineProperty(prototype, "formData", { value: refuse("formData()") });
  }
  const randomness = refuse("cryptographic randomness");
  const ignored = () => undefined;
  return {
    fetch: () => Promise.reject(new Error(hooks.fetchRefusal() ?? actionOnly("fetch()").message)),
    setTimeout: refuse("setTimeout"),
    setInterval: refuse("setInterval"),
    clearTimeout: ignored,
    clearInterval: ignored,
    crypto: {
      subtle: { ...subtle(hooks), generateKey: randomness },
      getRandomValues: randomness,
      randomUUID: randomness,
    },
  };
}

/** The host's WebCrypto, with every operation announced, so that a run waiting for one is not taken for a stuck one. */
function subtle(hooks: RealmHooks): Record<string, unknown> {
  const methods = crypto.subtle as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  return Object.fromEntries(
    SUBTLE.map((name) => [
      name,
      (...args: unknown[]) => hooks.hostOperation(callMethod(methods, name, args)),
    ]),
  );
}

async function callMethod(
  target: Record<string, (...args: unknown[]) => Promise<unknown>>,
  name: string,
  args: unknown[],
): Promise<unknown> {
  return target[name]?.(...args);
}
