import { ConvexHttpClient } from "convex/browser";
import { readAddresses } from "./config";

/** A client for one request's calls. Without a cache and without a session of its own: tokens are arguments. */
export function backend(): ConvexHttpClient {
  return new ConvexHttpClient(readAddresses().convexInternalUrl, { logger: false });
}
