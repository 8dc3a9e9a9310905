/**
 * The part of a function realm that is made of the realm's own objects. `installPrelude` is never called here: its
 * source text is evaluated inside the realm, so it must use nothing but its argument and the realm's globals.
 */

type LogLevel = "DEBUG" | "INFO" | "LOG" | "WARN" | "ERROR";

/** What the worker gives the realm. Methods may throw host errors; the prelude turns those into the realm's. */
export type PreludeHost = {
  /** Unix ms for `Date`. */
  now(): number;
  /** For `performance.now()`, ms. */
  elapsed(): number;
  random(): number;
  environmentVariable(name: string): string | undefined;
  log(level: LogLevel, args: unknown[]): void;
  /** Marks text of the console itself, which is shown unquoted. */
  plainText(text: string): unknown;
  syscall(op: string, args: string): string;
  asyncSyscall(op: string, args: string): string | Promise<string>;
  jsSyscall(op: string, args: object): Promise<unknown>;
  /** Host objects that become globals as they are. */
  globals: Record<string, unknown>;
  /** Prototypes of host classes with a `json()` whose result shall be made of the realm's objects. */
  bodies: { json(): Promise<unknown>; text(): Promise<string> }[];
  /** The host's error constructors by name: its errors count as the realm's for `instanceof`. */
  errors: Record<string, abstract new () => unknown>;
};

export function installPrelude(host: PreludeHost): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  const define = (name: string, value: unknown) =>
    Object.defineProperty(scope, name, { value, writable: true, configurable: true, enumerable: false });

  for (const [name, value] of Object.entries(host.globals)) define(name, value);
  define("self", globalThis);

  installErrors();
  installClock();
  installConsole();
  installMemory();
  for (const body of host.bodies) {
    body.json = async function json() {
      return JSON.parse(await this.text()) as unknown;
    };
  }
  // A callback that throws is an unhandled rejection of the run that queued it.
  define("queueMicrotask", (callback: () => void) => void Promise.resolve().then(callback));
  Math.random = () => host.random();
  define("process", {
    env: new Proxy(
      {},
      { get: (_, name) => (typeof name === "string" ? host.environmentVariable(name) : undefined) },
    ),
  });
  define("Convex", {
    syscall(op: string, args: string): string {
      try {
        return host.syscall(op, args);
      } catch (error) {
        throw ownError(error);
      }
    },
    asyncSyscall(op: string, args: string): Promise<string> {
      try {
        const result = host.asyncSyscall(op, args);
        if (typeof result === "string") return Promise.resolve(result);
        return new Promise((resolve, reject) => {
          result.then(resolve, (error: unknown) => reject(ownError(error)));
        });
      } catch (error) {
        return Promise.reject(ownError(error));
      }
    },
    jsSyscall(op: string, args: object): Promise<unknown> {
      try {
        const result = host.jsSyscall(op, args);
        return new Promise((resolve, reject) => {
          result.then(resolve, (error: unknown) => reject(ownError(error)));
        });
      } catch (error) {
        return Promise.reject(ownError(error));
      }
    },
  });

  function ownError(thrown: unknown): Error {
    const { message, data } = thrown as { message: string; data?: unknown };
    const error = new Error(message);
    return data === undefined ? error : Object.assign(error, { data });
  }

  /** An error that the host threw (a bad URL, a failed fetch) is an instance of the realm's class of that name too. */
  function installErrors(): void {
    const ordinary = Function.prototype[Symbol.hasInstance];
    for (const [name, hostClass] of Object.entries(host.errors)) {
      const own = scope[name] as object | undefined;
      if (own === undefined) continue;
      Object.defineProperty(own, Symbol.hasInstance, {
        value(this: object, value: unknown): boolean {
          return ordinary.call(this as () => unknown, value) || (this === own && value instanceof hostClass);
        },
      });
    }
  }

  function installClock(): void {
    const RealDate = Date;
    const OwnDate = function (this: unknown, ...args: unknown[]): unknown {
      if (new.target === undefined) return new RealDate(host.now()).toString();
      return Reflect.construct(RealDate, args.length === 0 ? [host.now()] : args, new.target);
    };
    Object.defineProperties(OwnDate, {
      ...Object.getOwnPropertyDescriptors(RealDate),
      now: { value: () => Math.floor(host.now()), writable: true, configurable: true },
    });
    RealDate.prototype.constructor = OwnDate;
    define("Date", OwnDate);
    define("performance", { now: () => host.elapsed(), timeOrigin: 0 });

    const formatter = Intl.DateTimeFormat.prototype;
    type Formatter = (this: Intl.DateTimeFormat, date?: Date | number) => Intl.DateTimeFormatPart[];
    const own = Object.getOwnPropertyDescriptors(formatter);
    const getFormat = own.format.get as (this: Intl.DateTimeFormat) => (date: Date | number) => string;
    const formatToParts = own.formatToParts.value as Formatter;
    Object.defineProperty(formatter, "format", {
      configurable: true,
      get(this: Intl.DateTimeFormat) {
        const format = getFormat.call(this);
        return (date?: Date | number) => format(date === undefined ? host.now() : date);
      },
    });
    formatter.formatToParts = function (date) {
      return formatToParts.call(this, date === undefined ? host.now() : date);
    };
  }

  function installConsole(): void {
    const timers = new Map<string, number>();
    const logger =
      (level: LogLevel) =>
      (...args: unknown[]): void =>
        host.log(level, args);
    const elapsedText = (label: string, started: number) => `${label}: ${host.elapsed() - started}ms`;
    const plain = (level: LogLevel, text: string) => host.log(level, [host.plainText(text)]);
    const withTimer = (label: string, use: (started: number) => void) => {
      const started = timers.get(label);
      if (started === undefined) plain("WARN", `Timer '${label}' does not exist`);
      else use(started);
    };
    define("console", {
      debug: logger("DEBUG"),
      info: logger("INFO"),
      log: logger("LOG"),
      warn: logger("WARN"),
      error: logger("ERROR"),
      trace: (...args: unknown[]): void =>
        host.log("LOG", [...args, host.plainText(new Error().stack ?? "")]),
      time: (label = "default"): void => {
        if (timers.has(label)) plain("WARN", `Timer '${label}' already exists`);
        else timers.set(label, host.elapsed());
      },
      timeLog: (label = "default", ...args: unknown[]): void =>
        withTimer(label, (started) =>
          host.log("INFO", [host.plainText(elapsedText(label, started)), ...args]),
        ),
      timeEnd: (label = "default"): void =>
        withTimer(label, (started) => {
          timers.delete(label);
          plain("INFO", elapsedText(label, started));
        }),
    });
  }

  /** When garbage goes must not be observable. */
  function installMemory(): void {
    define(
      "WeakRef",
      class WeakRef {
        readonly #target: unknown;
        constructor(target: unknown) {
          this.#target = target;
        }
        deref(): unknown {
          return this.#target;
        }
      },
    );
    define(
      "FinalizationRegistry",
      class FinalizationRegistry {
        register(): void {
          return undefined;
        }
        unregister(): boolean {
          return false;
        }
      },
    );
  }
}
