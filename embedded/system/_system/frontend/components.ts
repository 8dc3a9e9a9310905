import { queryTable, systemQuery, textOf } from "../../system-tables";

type Settings = { httpMounts: Record<string, string> };

/** The app, whose path is empty, and the components below it, unmounted ones included. The id of each is its path. */
export const list = systemQuery({
  args: {},
  handler: async (ctx) => {
    const rows = await queryTable(ctx, "_components").withIndex("by_path").collect();
    const [version] = await queryTable(ctx, "_code_versions").take(1);
    const ofApp = version?.http === undefined ? [] : [JSON.parse(textOf(version.http)) as Settings];
    // Written by the deployment itself, in this shape.
    const mounts = [...ofApp, ...rows.map((row) => JSON.parse(textOf(row.settings)) as Settings)];
    const prefixOf = (path: string) =>
      mounts.flatMap(({ httpMounts }) => Object.entries(httpMounts)).find(([, child]) => child === path)?.[0];
    return [
      { id: "", name: null, path: "", args: {}, state: "active", httpPrefix: null },
      ...rows.map((row) => {
        const path = textOf(row.path);
        return {
          id: path,
          name: path.slice(path.lastIndexOf("/") + 1),
          path,
          args: {},
          state: textOf(row.state),
          httpPrefix: prefixOf(path) ?? null,
        };
      }),
    ];
  },
});
