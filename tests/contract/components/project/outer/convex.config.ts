import { defineComponent } from "convex/server";
import { v } from "convex/values";
import inner from "../inner/convex.config.js";

const component = defineComponent("outer", {
  env: { GREETING: v.optional(v.string()), MODE: v.union(v.literal("first"), v.literal("second")) },
});
component.use(inner, { httpPrefix: "/inner/", env: { GREETING: component.env.GREETING } });
export default component;
