import type { ValidatorJSON } from "../storage/types";

/** Whether a value of this type can have something at the path. */
export function mayHold(type: ValidatorJSON, path: readonly string[]): boolean {
  return typesAt(type, path).length > 0;
}

/** Whether a value of this type can have an array of floats at the path. */
export function mayHoldVector(type: ValidatorJSON, path: readonly string[]): boolean {
  return typesAt(type, path).some(
    (found) => found.type === "any" || (found.type === "array" && isFloat(found.value)),
  );
}

function isFloat(type: ValidatorJSON): boolean {
  return type.type === "union" ? type.value.some(isFloat) : type.type === "number" || type.type === "any";
}

/** The types that a value can have at the path; unions are taken apart. */
function typesAt(type: ValidatorJSON, path: readonly string[]): ValidatorJSON[] {
  if (type.type === "union") return type.value.flatMap((member) => typesAt(member, path));
  const [name, ...rest] = path;
  if (name === undefined || type.type === "any") return [type];
  switch (type.type) {
    case "record":
      return typesAt(type.values.fieldType, rest);
    case "object": {
      const field = Object.hasOwn(type.value, name) ? type.value[name] : undefined;
      return field === undefined ? [] : typesAt(field.fieldType, rest);
    }
    default:
      return [];
  }
}
