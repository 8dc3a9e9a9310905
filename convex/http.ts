import { httpRouter } from "convex/server";
import * as clerk from "./clerkHttp/session";
import * as mailStop from "./mailHttp/stop";
import { LOGO_PATH } from "./model/logos";
import { STOP_PATH } from "./model/mailStops";
import * as api from "./rest/router";
import * as files from "./widgetHttp/files";
import * as widget from "./widgetHttp/routes";

const http = httpRouter();

for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const) {
  http.route({ method, pathPrefix: "/api/v1/", handler: api.handle });
  http.route({ method, path: "/api/v1", handler: api.handle });
}
http.route({ method: "OPTIONS", pathPrefix: "/api/v1/", handler: api.preflight });
http.route({ method: "OPTIONS", path: "/api/v1", handler: api.preflight });

http.route({ method: "GET", path: "/widget/config", handler: widget.config });
http.route({ method: "GET", pathPrefix: LOGO_PATH, handler: widget.logo });
http.route({ method: "POST", path: "/widget/start", handler: widget.start });
http.route({ method: "POST", path: "/widget/upload", handler: files.upload });
http.route({ method: "GET", pathPrefix: "/widget/files/", handler: files.download });
http.route({ method: "OPTIONS", pathPrefix: "/widget/", handler: widget.preflight });

http.route({ method: "GET", path: STOP_PATH, handler: mailStop.show });
http.route({ method: "POST", path: STOP_PATH, handler: mailStop.change });

http.route({ method: "POST", path: "/clerk/session", handler: clerk.create });

export default http;
