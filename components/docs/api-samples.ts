/** One request to the API in three languages, for the reference page. A test runs each of them. */
import type { Endpoint } from "./api-description";
import type { Sample } from "./code-sample";

type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

/** The address of the endpoint's example, from /api/v1 on. */
function examplePath({ path, parameters }: Endpoint): string {
  let filled = path;
  const query = new URLSearchParams();
  for (const { name, in: place, example } of parameters) {
    if (example === undefined) continue;
    if (place === "path") filled = filled.replace(`{${name}}`, String(example));
    if (place === "query") query.set(name, String(example));
  }
  const search = query.toString();
  return `/api/v1${filled}${search === "" ? "" : `?${search}`}`;
}

type Example = {
  method: string;
  path: string;
  needsKey: boolean;
  body: Value | undefined;
  isRepeatable: boolean;
};

function exampleOf(endpoint: Endpoint): Example {
  return {
    method: endpoint.method.toUpperCase(),
    path: examplePath(endpoint),
    needsKey: endpoint["x-scope"] !== undefined,
    body: endpoint.requestBody?.content["application/json"].example as Value | undefined,
    isRepeatable: endpoint.parameters.some(({ name }) => name === "Idempotency-Key"),
  };
}

export function samplesOf(endpoint: Endpoint): Sample[] {
  const example = exampleOf(endpoint);
  return [
    { label: "curl", text: curl(example) },
    { label: "Node", text: node(example) },
    { label: "Python", text: python(example) },
  ];
}

function curl({ method, path, needsKey, body, isRepeatable }: Example): string {
  const options = [
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...(needsKey ? ['-H "Authorization: Bearer $PRAXTALK_KEY"'] : []),
    ...(isRepeatable ? ['-H "Idempotency-Key: order-1042"'] : []),
    ...(body === undefined
      ? []
      : ['-H "Content-Type: application/json"', `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`]),
  ];
  return ["curl", ...options.map((option) => `  ${option}`), `  "$BASE${path}"`]
    .join(" \\\n")
    .replace("curl \\\n  ", "curl ");
}

function node({ method, path, needsKey, body, isRepeatable }: Example): string {
  const headers = [
    ...(needsKey ? ["Authorization: `Bearer ${process.env.PRAXTALK_KEY}`"] : []),
    ...(isRepeatable ? ['"Idempotency-Key": crypto.randomUUID()'] : []),
    ...(body === undefined ? [] : ['"Content-Type": "application/json"']),
  ];
  const options = [
    ...(method === "GET" ? [] : [`  method: "${method}",`]),
    ...(headers.length === 0 ? [] : ["  headers: {", ...headers.map((header) => `    ${header},`), "  },"]),
    ...(body === undefined ? [] : [`  body: JSON.stringify(${javaScript(body)}),`]),
  ];
  const url = `\`\${process.env.BASE}${path}\``;
  const request = options.length === 0 ? `fetch(${url})` : `fetch(${url}, {\n${options.join("\n")}\n})`;
  return `const response = await ${request};
const answer = await response.json();
if (!response.ok) throw new Error(\`\${answer.code}: \${answer.error}\`);
console.log(answer);`;
}

function python({ method, path, needsKey, body, isRepeatable }: Example): string {
  const headers = [
    ...(needsKey ? ['"Authorization": "Bearer " + os.environ["PRAXTALK_KEY"]'] : []),
    ...(isRepeatable ? ['"Idempotency-Key": str(uuid.uuid4())'] : []),
    ...(body === undefined ? [] : ['"Content-Type": "application/json"']),
  ];
  const modules = ["json", "os", "urllib.request", ...(isRepeatable ? ["uuid"] : [])];
  const lines = [
    `    os.environ["BASE"] + "${path}",`,
    ...(method === "GET" ? [] : [`    method="${method}",`]),
    ...(headers.length === 0
      ? []
      : ["    headers={", ...headers.map((header) => `        ${header},`), "    },"]),
    ...(body === undefined ? [] : [`    data=json.dumps(${pythonLiteral(body)}).encode(),`]),
  ];
  return `${modules.map((module) => `import ${module}`).join("\n")}

request = urllib.request.Request(
${lines.join("\n")}
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))`;
}

/** `{ status: "resolved" }`: names bare where they may be. */
function javaScript(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(javaScript).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([name, field]) => `${/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name)}: ${javaScript(field)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

function pythonLiteral(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}: ${pythonLiteral(field)}`,
  );
  return `{${fields.join(", ")}}`;
}
