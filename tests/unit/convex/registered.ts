/** What the modules of `convex/` register, as a deployment finds it. */

/** What `convex/server` puts on a registered query, mutation or action. */
export type Registered = {
  isPublic?: boolean;
  isQuery?: boolean;
  isMutation?: boolean;
  isAction?: boolean;
  exportArgs: () => string;
  exportReturns: () => string;
};

const isRegistered = (value: unknown): value is Registered =>
  typeof value === "function" && "exportArgs" in value && "exportReturns" in value;

/** All but the app's definition, which is evaluated by a deployment only. */
const modules = import.meta.glob<Record<string, unknown>>(
  ["../../../convex/**/*.ts", "!**/convex.config.ts"],
  { eager: true },
);

export const functions = Object.entries(modules).flatMap(([path, exports]) => {
  const module = path.replace(/^.*\/convex\//, "").replace(/\.ts$/, "");
  return Object.entries(exports).flatMap(([name, value]) =>
    isRegistered(value) ? [{ name: `${module}:${name}`, registered: value }] : [],
  );
});
