import { cache } from "react";
import type { ApiDescription } from "@/components/docs/api-description";
import { readAddresses } from "./config";

/**
 * The OpenAPI document of the deployment that this server serves, from the deployment itself: the pages describe what is
 * there and not what was there when they were built.
 */
export const apiDescription = cache(async (): Promise<ApiDescription> => {
  const response = await fetch(`${readAddresses().siteInternalUrl}/api/v1/openapi.json`, {
    cache: "no-store",
  });
  if (!response.ok) throw new Error(`The API's description was answered with ${response.status}.`);
  return (await response.json()) as ApiDescription;
});
