import { ConvexError, convexToJson, jsonToConvex, type JSONValue, type Value } from "convex/values";

/** Runs any function, internal ones too, as `npx convex run` does, without the CLI's start. Rejects as clients do. */
export async function runAsAdmin(
  { url, adminKey }: { url: string; adminKey: string },
  name: string,
  args: Record<string, unknown>,
): Promise<unknown> {
  const response = await fetch(`${url}/api/function`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${adminKey}` },
    body: JSON.stringify({
      path: name,
      args: convexToJson(args as Record<string, Value>),
      format: "convex_encoded_json",
    }),
  });
  const answer = (await response.json()) as
    | { status: "success"; value: JSONValue }
    | { status: "error"; errorMessage: string; errorData?: JSONValue };
  if (answer.status === "success") return jsonToConvex(answer.value);
  if (answer.errorData === undefined) throw new Error(JSON.stringify(answer));
  throw new ConvexError(jsonToConvex(answer.errorData));
}

/** Sets variables of the deployment's environment, as `npx convex env set` does. */
export async function setEnvironment(
  { url, adminKey }: { url: string; adminKey: string },
  values: Record<string, string>,
): Promise<void> {
  const changes = Object.entries(values).map(([name, value]) => ({ name, value }));
  const response = await fetch(`${url}/api/update_environment_variables`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${adminKey}` },
    body: JSON.stringify({ changes }),
  });
  if (!response.ok) throw new Error(`The deployment answered ${response.status}: ${await response.text()}`);
}
