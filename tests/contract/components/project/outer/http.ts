import { httpActionGeneric, httpRouter } from "convex/server";

const http = httpRouter();
http.route({
  pathPrefix: "/",
  method: "GET",
  handler: httpActionGeneric((_ctx, request) =>
    Promise.resolve(new Response(`outer ${new URL(request.url).pathname}`)),
  ),
});
export default http;
