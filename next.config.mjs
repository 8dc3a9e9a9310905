/**
 * No address, port or key may appear here: one build serves any host (docs/decisions/0002-no-address-baked-in.md).
 * @type {import("next").NextConfig}
 */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // npm run typecheck checks them, with all else; a build for use need not.
  typescript: { ignoreBuildErrors: true },
  // The development server refuses its hot-reload socket to hosts that it does not know.
  allowedDevOrigins: ["127.0.0.1"],
};
