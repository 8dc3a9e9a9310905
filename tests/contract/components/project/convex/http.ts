import { httpActionGeneric, httpRouter } from "convex/server";

const http = httpRouter();
const answer = (text: string) => httpActionGeneric(() => Promise.resolve(new Response(text)));
http.route({ path: "/", method: "GET", handler: answer("the app") });
http.route({ path: "/outer/exact", method: "GET", handler: answer("an exact route of the app") });
http.route({
  pathPrefix: "/outer/inner/deeper/",
  method: "GET",
  handler: answer("a longer prefix of the app"),
});
export default http;
