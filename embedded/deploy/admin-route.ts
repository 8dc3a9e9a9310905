/** What the routes for admins share: access, and bodies parsed against a shape. */
import * as z from "zod";
import { ApiError, type ApiRequest, type Route } from "../http/api";

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A route that wants the admin key in a header. */
export function adminRoute(method: string, path: string, handle: Route["handle"]): Route {
  return { method, path, admin: "header", maxBody: MAX_BODY_BYTES, handle };
}

/** The body as `parse` reads it; a ZodError of it becomes a refusal. */
export async function parsedBody<T>(request: ApiRequest, parse: (body: unknown) => T): Promise<T> {
  const body = await request.json();
  try {
    return parse(body);
  } catch (error) {
    if (error instanceof z.ZodError) throw new ApiError(400, "BadJsonBody", z.prettifyError(error));
    throw error;
  }
}

/** How a body names a component: by its id, which here is its path; the app by "" or nothing. */
export const componentName = z.string().nullish();
