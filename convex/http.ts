import { httpRouter } from "convex/server";
import * as api from "./rest/router";
import * as widget from "./widgetHttp/routes";

const http = httpRouter();

// The documented base address and the sample calls each contain /api/v1, so that both together double it.
for (const base of ["/api/v1", "/api/v1/api/v1"]) {
  http.route({ method: "GET", path: `${base}/ping`, handler: api.ping });
}
for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const) {
  http.route({ method, pathPrefix: "/api/v1/", handler: api.unknownRoute });
  http.route({ method, path: "/api/v1", handler: api.unknownRoute });
}
http.route({ method: "OPTIONS", pathPrefix: "/api/v1/", handler: api.preflight });

http.route({ method: "GET", path: "/widget/config", handler: widget.config });
http.route({ method: "POST", path: "/widget/start", handler: widget.start });
http.route({ method: "OPTIONS", pathPrefix: "/widget/", handler: widget.preflight });

export default http;
