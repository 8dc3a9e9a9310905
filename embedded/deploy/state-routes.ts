/** Routes that pause the deployment and say under which addresses it is reached. */
import * as z from "zod";
import { ApiError, empty, json, type ApiRequest, type Route } from "../http/api";
import { adminRoute, parsedBody } from "./admin-route";
import type { DeploymentState, DeploymentStateStore } from "./deployment-state";

export type StateRoutesOptions = {
  state: DeploymentStateStore;
  /** Origins of the settings, which count where the state names no other. */
  publicUrls: { api: string; site: string };
  /** Called when a change is durable. */
  onStateChanged: (state: DeploymentState) => Promise<void>;
};

const urlRequest = z.object({
  requestDestination: z.enum(["convexCloud", "convexSite"]),
  url: z.string().nullish(),
});

export function stateRoutes({ state, publicUrls, onStateChanged }: StateRoutesOptions): Route[] {
  const change = async (fields: Partial<DeploymentState>) => {
    await onStateChanged(await state.update(fields));
    return empty();
  };
  const unpause = () => {
    if (state.current.isPaused) return change({ isPaused: false });
    throw new ApiError(400, "UnpauseDeploymentFailed", "The deployment is not paused.");
  };
  const setUrl = async (request: ApiRequest) => {
    const { requestDestination, url } = await parsedBody(request, (body) => urlRequest.parse(body));
    const origin = url == null ? null : originOf(url);
    return change(requestDestination === "convexCloud" ? { cloudUrl: origin } : { siteUrl: origin });
  };
  const urls = () => {
    const { cloudUrl, siteUrl } = state.current;
    return json({ convexCloudUrl: cloudUrl ?? publicUrls.api, convexSiteUrl: siteUrl ?? publicUrls.site });
  };
  return [
    adminRoute("POST", "/api/v1/pause_deployment", () => change({ isPaused: true })),
    adminRoute("POST", "/api/v1/unpause_deployment", () => unpause()),
    adminRoute("POST", "/api/update_canonical_url", setUrl),
    adminRoute("POST", "/api/v1/update_canonical_url", setUrl),
    adminRoute("GET", "/api/v1/get_canonical_urls", () => Promise.resolve(urls())),
  ];
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "") {
    return url.origin;
  }
  throw new ApiError(400, "InvalidCanonicalUrl", `${text} is no origin like https://api.example.com.`);
}
