/**
 * Text of a value for a log line: strings quoted, objects one field a line, as Convex shows them in its logs.
 * Values may come from another realm, so nothing here relies on `instanceof`.
 */

const INDENT = "  ";
const MAX_DEPTH = 5;
const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

export function inspect(value: unknown): string {
  return format(value, { depth: 0, indent: "", ancestors: [] });
}

type Position = { depth: number; indent: string; ancestors: readonly object[] };

function format(value: unknown, at: Position): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "symbol":
      return value.toString();
    case "function":
      return value.name ? `[Function: ${value.name}]` : "[Function (anonymous)]";
    case "object":
      return value === null ? "null" : formatObject(value, at);
    default:
      return String(value);
  }
}

function formatObject(value: object, at: Position): string {
  if (at.ancestors.includes(value)) return "[Circular]";
  const tag = tagOf(value);
  if (at.depth >= MAX_DEPTH) return Array.isArray(value) ? "[Array]" : "[Object]";
  const inner = {
    depth: at.depth + 1,
    indent: at.indent + INDENT,
    ancestors: [...at.ancestors, value],
  };
  switch (tag) {
    case "Array":
      return formatArray(value as unknown[], at, inner);
    case "Error":
      return formatError(value, inner);
    case "Date":
    case "RegExp":
      return (value as Date | RegExp).toString();
    case "Map": {
      const entries = [...(value as Map<unknown, unknown>)].map(
        ([key, item]) => `${format(key, inner)} => ${format(item, inner)}`,
      );
      return `Map (${entries.length}) ${braces(entries, at, inner)}`;
    }
    case "Set": {
      const items = [...(value as Set<unknown>)].map((item) => format(item, inner));
      return `Set (${items.length}) ${braces(items, at, inner)}`;
    }
    case "Promise":
    case "WeakMap":
    case "WeakSet":
      return `${tag} { ? }`;
    case "ArrayBuffer":
      return `ArrayBuffer { byteLength: ${(value as ArrayBuffer).byteLength} }`;
    default:
      if (ArrayBuffer.isView(value) && tag !== "DataView") {
        return `${tag} ${formatArray(Array.from(value as unknown as Iterable<unknown>), at, inner)}`;
      }
      return `${constructorName(value)}${braces(fields(value, inner), at, inner)}`;
  }
}

function formatArray(items: unknown[], at: Position, inner: Position): string {
  if (items.length === 0) return "[]";
  const texts = Array.from(items, (item) => format(item, inner));
  if (texts.every((text) => !text.includes("\n"))) return `[ ${texts.join(", ")} ]`;
  return `[\n${texts.map((text) => inner.indent + text).join(",\n")}\n${at.indent}]`;
}

function formatError(error: object, inner: Position): string {
  const extra = fields(error, inner).filter((field) => !/^(stack|message|name): /.test(field));
  const head = `[${(error as Error).toString()}]`;
  return extra.length === 0 ? head : `{ ${[head, ...extra].join(", ")} }`;
}

function braces(parts: string[], at: Position, inner: Position): string {
  if (parts.length === 0) return "{}";
  return `{\n${parts.map((part) => inner.indent + part).join(",\n")}\n${at.indent}}`;
}

function fields(value: object, inner: Position): string[] {
  return Object.keys(value).map((key) => {
    const name = /^[\w$]+$/.test(key) ? key : quote(key);
    return `${name}: ${format((value as Record<string, unknown>)[key], inner)}`;
  });
}

function constructorName(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "[null prototype] ";
  const { name } = (prototype as { constructor?: { name?: unknown } }).constructor ?? {};
  return typeof name === "string" && name !== "" && name !== "Object" ? `${name} ` : "";
}

const ESCAPES: Record<string, string> = { "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quote(text: string): string {
  const escaped = text
    .replace(/['\\]/g, "\\$&")

    .replace(
      /[\x00-\x1f]/g,
      (c) => ESCAPES[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
    );
  return `'${escaped}'`;
}
