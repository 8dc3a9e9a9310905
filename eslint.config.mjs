import convex from "@convex-dev/eslint-plugin";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Specifiers, relative or by the "@/" alias, that enter one of these folders (or name one of these modules) from outside. */
const into = (...names) => `^(?:@/|(?:\\.\\.?/)+)(?:${names.join("|")})(?:\\.|/|$)`;

/** One import rule per folder: flat config keeps only the last setting of a rule, so each folder gets its whole list at once. */
function imports(files, bans, ignores = []) {
  const patterns = bans.map(({ regex, message, typesAllowed = false, names }) => ({
    regex,
    message,
    allowTypeImports: typesAllowed,
    ...(names ? { importNames: names } : {}),
  }));
  return { files, ignores, rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] } };
}

const ban = (message, ...names) => ({ regex: into(...names), message });
const typesOnly = (message, ...names) => ({ regex: into(...names), message, typesAllowed: true });

const rawBuilders = [
  "query",
  "mutation",
  "action",
  "internalQuery",
  "internalMutation",
  "internalAction",
  "httpAction",
];
const noRawBuilder = (names = rawBuilders) => ({
  regex: "_generated/server$",
  names,
  message: "Use a builder of convex/functions.ts: it resolves who is asking.",
});
const noGenericBuilder = {
  regex: "^convex/server$",
  names: [...rawBuilders.map((name) => `${name}Generic`)],
  message: "Use a builder of convex/functions.ts: it resolves who is asking.",
};

const apps = ["app", "components", "widget", "sdk", "embedded", "server", "tests", "scripts", "bench"];
const except = (...names) => apps.filter((name) => !names.includes(name));
const meetInPackage = "embedded/ and convex/ meet in the convex package only.";
const validatorTypes = typesOnly(
  "Only types of validators cross from convex/.",
  "convex/(?:validators|schema|errors)",
);
const convexInner = {
  regex: "^(?:@/|(?:\\.\\.?/)+)convex/(?!(?:_generated|validators|schema|errors)(?:/|$))",
  message: "Faces of the app use the generated api.",
};

/** embedded/ from the bottom up; a layer imports its own and lower ones. */
const embeddedLayers = [
  ["storage"],
  ["engine"],
  ["runtime"],
  ["auth"],
  ["sync", "http", "deploy", "scheduler", "operation"],
  ["deployment"],
  ["main"],
];
const outsideEmbedded = [ban(meetInPackage, "convex"), ban("Imports point down.", ...except("embedded"))];
const embeddedRules = embeddedLayers
  .slice(0, 5)
  .flatMap((layer, height) =>
    layer.map((name) =>
      imports(
        [`embedded/${name}/**/*.ts`],
        [
          ...outsideEmbedded,
          ban(
            "embedded/ imports downward: storage, engine, runtime, auth, then sync, http, deploy and scheduler.",
            ...embeddedLayers
              .slice(height + 1)
              .flatMap((above) => above.flatMap((name) => [name, `embedded/${name}`])),
          ),
        ],
      ),
    ),
  );

/**
 * Types for the linter come from as few programs as can be: what convex/ infers takes as long in each of them as all rules
 * together. `npm run typecheck` has one for each place that code runs in.
 */
const typesOf = (project, ...files) => ({ files, languageOptions: { parserOptions: { project } } });

const noMarkup = [
  "MemberExpression[property.name=/^(inner|outer)HTML$/]",
  "JSXAttribute[name.name='dangerouslySetInnerHTML']",
].map((selector) => ({ selector, message: "Build nodes instead of markup." }));

export default defineConfig(
  globalIgnores([
    "**/_generated/",
    "dist/",
    "sdk/dist/",
    ".next/",
    ".praxtalk/",
    ".praxtalk-demo/",
    "next-env.d.ts",
    "public/",
    "**/fixtures/",
  ]),
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strict, tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "no-restricted-syntax": ["error", ...noMarkup],
    },
  },
  typesOf("tsconfig.lint.json", "**/*.{ts,tsx}"),
  typesOf("widget/tsconfig.lint.json", "widget/**", "tests/unit/widget/**"),
  typesOf("embedded/tsconfig.json", "embedded/**"),
  typesOf("examples/tsconfig.json", "examples/**"),
  {
    files: ["**/*.{mjs,js}"],
    rules: { eqeqeq: ["error", "always", { null: "ignore" }] },
  },
  {
    // Entry points and their tools talk to a terminal; the entry point of the REST API logs a fault before it masks it.
    files: ["embedded/main.ts", "server/main.ts", "scripts/**", "bench/**", "convex/rest/router.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["tests/**"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/require-await": "off",
      "no-restricted-syntax": [
        "error",
        ...noMarkup,
        {
          selector:
            "CallExpression[callee.object.name='vi'][callee.property.name=/^wait/][arguments.length=1]",
          message: "Give it WAIT of tests/helpers/wait.ts: a second is too short on a busy machine.",
        },
      ],
    },
  },
  {
    // Time and randomness are parameters of pure code.
    files: ["lib/**", "convex/logic/**"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Take the time as a parameter." },
        { object: "Math", property: "random", message: "Take randomness as a parameter." },
      ],
    },
  },
  { files: ["convex/**/*.ts"], extends: [convex.configs.recommended] },

  // Who may import whom.
  imports(["lib/**"], [ban("lib/ imports nothing of the project.", "convex", ...apps)]),
  imports(
    ["convex/*.ts"],
    [ban("Imports point down.", ...apps), noRawBuilder(), noGenericBuilder],
    ["convex/functions.ts"],
  ),
  imports(
    ["convex/v1/**"],
    [
      ban("Imports point down.", ...apps),
      noRawBuilder(),
      noGenericBuilder,
      {
        regex:
          "^\\.\\./(?!(?:functions|model|logic|validators|errors|_generated|rest/(?:rows|feedCursor|shapes)|\\.\\./lib)(?:/|$))",
        message: "v1/ is a face of its own: functions, model/ and the rows and shapes of rest/.",
      },
    ],
  ),
  imports(["convex/functions.ts"], [ban("Imports point down.", ...apps)]),
  imports(
    ["convex/http.ts", "convex/rest/**"],
    [ban("Imports point down.", ...apps), noRawBuilder(rawBuilders.slice(0, -1)), noGenericBuilder],
  ),
  imports(
    ["convex/model/**"],
    [
      ban("Imports point down.", ...apps),
      noRawBuilder(),
      noGenericBuilder,
      {
        regex: "^\\.\\./(?!(?:logic|validators|errors|schema|_generated|\\.\\./lib)(?:/|$))",
        message: "model/ imports logic/, validators, errors and lib/ only.",
      },
    ],
  ),
  imports(
    ["convex/webhookExchange/**"],
    [
      ban("Imports point down.", ...apps),
      noRawBuilder(),
      noGenericBuilder,
      {
        regex: "^\\.\\./(?!(?:logic|\\.\\./lib)(?:/|$))",
        message: "webhookExchange/ talks to the network only: logic/ and lib/.",
      },
    ],
  ),
  imports(
    ["convex/atlasModel/**"],
    [
      ban("Imports point down.", ...apps),
      noRawBuilder(),
      noGenericBuilder,
      {
        regex: "^\\.\\./(?!(?:logic|validators|webhookExchange/resolve|\\.\\./lib)(?:/|$))",
        message: "atlasModel/ talks to models and reads files only: logic/, validators and lib/.",
      },
    ],
  ),
  imports(
    ["convex/logic/**"],
    [
      ban("Imports point down.", ...apps),
      {
        regex: "^\\.\\./(?!(?:(?:\\.\\./)?validators|errors|logic|\\.\\./lib)(?:/|$))",
        message: "logic/ is pure: validators, errors and lib/ only.",
      },
    ],
  ),
  ...embeddedRules,
  imports(["embedded/*.ts", "embedded/system/**"], outsideEmbedded),
  imports(
    ["components/**"],
    [ban("components/ never import routes.", ...except("components")), convexInner, validatorTypes],
  ),
  imports(
    ["app/**", "proxy.ts"],
    [ban("Imports point down.", ...except("app", "components")), convexInner, validatorTypes],
  ),
  imports(
    ["widget/**"],
    [
      ban("Imports point down.", ...except("widget")),
      convexInner,
      validatorTypes,
      typesOnly(
        "The widget names functions as typed strings: the generated api is large.",
        "convex/_generated",
      ),
    ],
  ),
  imports(["sdk/**"], [ban("sdk/ stands alone, with types of lib/.", "convex", ...except("sdk"))]),
  imports(["server/**"], [ban("server/ stands alone.", "convex", ...except("server"))]),
);
