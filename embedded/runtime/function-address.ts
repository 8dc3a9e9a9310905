/** Which function an operation names: by path, by a reference into a child component, or by a handle. */
import { childPath } from "./component-path";
import type { FunctionAddress, FunctionHandles } from "./function-handles";
import { displayPath, parsePath } from "./path";
import { SyscallError, type SyscallArgs } from "./syscall-args";
import type { CodeVersion, FunctionAnalysis } from "./types";

export type { FunctionAddress } from "./function-handles";

const OWN = "_reference/function/";
const CHILD = "_reference/childComponent/";

/** `component`: of the function that makes the operation. Throws SyscallError. */
export function functionAddress(
  args: SyscallArgs,
  component: string,
  code: CodeVersion,
  handles: FunctionHandles,
): FunctionAddress {
  if (args.has("functionHandle")) {
    const address = handles.find(args.string("functionHandle"));
    if (address === null) throw new SyscallError("Function handle not found");
    return address;
  }
  if (!args.has("reference")) return { component, path: canonical(args.string("name")) };
  const reference = args.string("reference");
  if (reference.startsWith(OWN)) return { component, path: canonical(reference.slice(OWN.length)) };
  if (!reference.startsWith(CHILD)) throw new SyscallError(`Invalid reference ${reference}`);
  const [name = "", ...attributes] = reference.slice(CHILD.length).split("/");
  return exportedBy(code, childPath(component, name), name, attributes);
}

/** The function of that address among those deployed; undefined if there is none. */
export function findFunction(code: CodeVersion, address: FunctionAddress): FunctionAnalysis | undefined {
  const colon = address.path.lastIndexOf(":");
  const module = code.components[address.component]?.modules[address.path.slice(0, colon)];
  return module?.functions.find(({ name }) => name === address.path.slice(colon + 1));
}

/** Throws SyscallError for a function that is not deployed. */
export function existingHandle(
  code: CodeVersion,
  handles: FunctionHandles,
  address: FunctionAddress,
): string {
  if (findFunction(code, address) === undefined) {
    throw new SyscallError(`Could not find function for '${displayPath(address.path)}'`);
  }
  return handles.handleOf(address);
}

function canonical(path: string): string {
  const parsed = parsePath(path);
  if ("error" in parsed) throw new SyscallError(parsed.error);
  return parsed.canonical;
}

/** A component exports its public functions, each by the path of its module and its name. */
function exportedBy(code: CodeVersion, child: string, name: string, attributes: string[]): FunctionAddress {
  if (code.components[child] === undefined) {
    throw new SyscallError(`Child component ${JSON.stringify(name)} not found`);
  }
  const address = {
    component: child,
    path: `${attributes.slice(0, -1).join("/")}.js:${attributes.at(-1) ?? ""}`,
  };
  if (findFunction(code, address)?.visibility === "public") return address;
  throw new SyscallError(
    `Child component ${JSON.stringify(name)} does not export [${attributes.map((part) => JSON.stringify(part)).join(", ")}]`,
  );
}
