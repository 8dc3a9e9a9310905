/** Routes that say what is running here. */
import { empty, text, type Route } from "./api";

const ECHO_LIMIT = 128 * 1024 * 1024;

export function infoRoutes(instanceName: string): Route[] {
  const page = (path: string, body: string): Route => ({
    method: "GET",
    path,
    admin: "none",
    maxBody: 0,
    handle: () => Promise.resolve(text(body)),
  });
  return [
    page("/", "This Convex deployment is running. See https://docs.convex.dev/."),
    page("/instance_name", instanceName),
    page("/instance_version", "unknown"),
    page("/version", "unknown"),
    {
      method: "POST",
      path: "/echo",
      admin: "none",
      maxBody: ECHO_LIMIT,
      handle: async (request) => {
        const contentType = request.headers["content-type"] ?? "application/octet-stream";
        return { ...empty(), contentType, body: await request.bytes() };
      },
    },
  ];
}
