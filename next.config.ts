import type { NextConfig } from "next";

// No address, port or key may appear here: one build serves any host (docs/decisions/0002-no-address-baked-in.md).
const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The development server refuses its hot-reload socket to hosts that it does not know.
  allowedDevOrigins: ["127.0.0.1"],
};

export default config;
