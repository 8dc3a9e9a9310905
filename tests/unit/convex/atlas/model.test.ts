// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";
import { api } from "../../../../convex/_generated/api";
import { ENVIRONMENT } from "../../../contract/backend/backend";
import { useVirtualTime } from "../../../helpers/virtual-time";
import { makeScene } from "./scene";

beforeEach(() => {
  Object.assign(process.env, ENVIRONMENT);
  useVirtualTime();
  return () => void vi.useRealTimers();
});

it("sends a stored key to no other address than it was stored for", async () => {
  const scene = await makeScene();
  const sessionToken = await scene.login();
  const setModel = (baseUrl: string, key: { apiKey?: string | null } = {}) =>
    scene.t.action(api.atlas.setModel, { sessionToken, protocol: "openai", model: "m", baseUrl, ...key });
  const model = async () => (await scene.t.query(api.atlas.getConfig, { sessionToken })).model;

  await setModel("https://api.example.com/v1", { apiKey: "sk-secret" });
  await setModel("https://api.example.com/v2");
  expect(await model()).toMatchObject({ baseUrl: "https://api.example.com/v2", hasApiKey: true });
  for (const baseUrl of ["https://other.example.com/v1", "https://api.example.com:8443/v1"]) {
    await expect(setModel(baseUrl)).rejects.toMatchObject({ data: { code: "VALIDATION", field: "apiKey" } });
  }
  expect(await model()).toMatchObject({ baseUrl: "https://api.example.com/v2" });
  await setModel("https://other.example.com/v1", { apiKey: null });
  expect(await model()).toMatchObject({ baseUrl: "https://other.example.com/v1", hasApiKey: false });
});
