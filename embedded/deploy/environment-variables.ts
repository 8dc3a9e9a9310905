/** Rules for a deployment's environment variables. Pure: who stores them is elsewhere. */
import { DeployError } from "./deploy-error";
import type { EnvironmentChange } from "./push-request";

const MAX_VARIABLES = 512;
/** Names and values of all variables together, in bytes. */
const MAX_TOTAL_BYTES = 512 * 1024;
const MAX_NAME_LENGTH = 256;
const MAX_VALUE_BYTES = 8 * 1024;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Given by the deployment itself. */
const RESERVED_NAMES = new Set(["CONVEX_CLOUD_URL", "CONVEX_SITE_URL"]);

/** The variables after the changes; throws a DeployError, having changed nothing, when one breaks a rule. */
export function applyEnvironmentChanges(
  current: ReadonlyMap<string, string>,
  changes: readonly EnvironmentChange[],
): Map<string, string> {
  const next = new Map(current);
  const named = new Set<string>();
  for (const { name, value } of changes) {
    checkName(name);
    if (named.has(name)) {
      throw new DeployError("EnvVarNameNotUnique", `Environment variable with name "${name}" already exists`);
    }
    named.add(name);
    if (value === null) {
      next.delete(name);
      continue;
    }
    checkValue(name, value);
    next.set(name, value);
  }
  checkTotals(next);
  return next;
}

function checkName(name: string): void {
  if (name.length > MAX_NAME_LENGTH) {
    throw new DeployError(
      "EnvironmentVariableNameTooLong",
      `Environment variable name is too long (${name.length} > maximum length ${MAX_NAME_LENGTH})`,
    );
  }
  if (!NAME.test(name)) {
    throw new DeployError(
      "EnvironmentVariableNameInvalid",
      `Environment variable name "${name}" must start with a letter or underscore and only contain letters, numbers, and underscores`,
    );
  }
  if (RESERVED_NAMES.has(name)) {
    throw new DeployError(
      "EnvVarNameForbidden",
      `Environment variable with name "${name}" is built in and cannot be set`,
    );
  }
}

function checkValue(name: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_VALUE_BYTES) {
    throw new DeployError(
      "EnvironmentVariableValueTooLong",
      `Value of environment variable "${name}" is too large (${bytes} > maximum size ${MAX_VALUE_BYTES} bytes)`,
    );
  }
}

function checkTotals(variables: ReadonlyMap<string, string>): void {
  if (variables.size > MAX_VARIABLES) {
    throw new DeployError(
      "EnvVarLimitMet",
      `Environment variable limit of ${MAX_VARIABLES} reached. Remove some variables before adding more.`,
    );
  }
  let total = 0;
  for (const [name, value] of variables) total += Buffer.byteLength(name) + Buffer.byteLength(value);
  if (total > MAX_TOTAL_BYTES) {
    throw new DeployError(
      "EnvVarTotalSizeLimitMet",
      `Environment variables together are too large (${total} > maximum size ${MAX_TOTAL_BYTES} bytes)`,
    );
  }
}
