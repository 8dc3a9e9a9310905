import { afterEach, describe, expect, test } from "vitest";
import { createPalette } from "@/lib/palette";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import type { PreviewBrand, PreviewScene } from "@/lib/widget-preview";
import { createPreview, textsIn } from "@/widget/preview/main";

const brand: PreviewBrand = {
  ...DEFAULT_WIDGET_SETTINGS,
  locale: "en",
  brandName: "Kettle Row",
  primaryColor: "#8a4b2a",
  palette: { light: createPalette("#8a4b2a", "light"), dark: createPalette("#8a4b2a", "dark") },
  welcomeMessage: "Good day",
  position: "br",
  avatarUrl: null,
};

function drawn(change: Partial<PreviewBrand> = {}, scene: PreviewScene = "form") {
  const frame = document.createElement("div");
  document.body.append(frame);
  const preview = createPreview(frame);
  preview.draw({ ...brand, ...change }, scene);
  const root = () => frame.querySelector("praxtalk-widget")?.shadowRoot ?? null;
  return { frame, preview, root, text: () => root()?.textContent ?? "" };
}

afterEach(() => document.body.replaceChildren());

describe("the preview", () => {
  test("is the widget's own form, by what the brand asks", () => {
    const { root, text } = drawn({ form: { name: "required", email: "off", phone: "off" } });
    expect(text()).toContain("Good day");
    const names = [...(root()?.querySelectorAll("label") ?? [])].map((label) => label.textContent);
    expect(names).toEqual(["Name", "Message"]);
    expect(root()?.querySelector(".root")?.className).toContain("br");
  });

  test("shows a conversation, and the closed widget", () => {
    expect(drawn({}, "chat").text()).toContain("Do you ship to Norway?");
    const { root } = drawn({}, "closed");
    expect(root()?.querySelector<HTMLElement>(".panel")?.hidden).toBe(true);
    expect(root()?.querySelector("button.launcher")).not.toBeNull();
  });

  test("speaks the brand's language and words", () => {
    const { text, root } = drawn({ locale: "de", texts: { startChat: "Los" } });
    expect(text()).toContain("Los");
    expect(text()).toContain("Nachricht");
    expect(root()?.querySelector<HTMLElement>(".root")?.lang).toBe("de");
  });

  test("is drawn anew by each change, and leaves nothing", () => {
    const { frame, preview, text } = drawn();
    preview.draw({ ...brand, brandName: "Fjell" }, "form");
    expect(frame.querySelectorAll("praxtalk-widget")).toHaveLength(1);
    expect(text()).toContain("Fjell");
    preview.destroy();
    expect(frame.childNodes).toHaveLength(0);
  });

  test("cannot be operated, so that it takes no focus", () => {
    expect(drawn().frame.querySelector<HTMLElement>("praxtalk-widget")?.inert).toBe(true);
  });

  test("tells every text of a language by its key", () => {
    expect(textsIn("fr")).toMatchObject({ openChat: "Ouvrir le chat", name: "Nom" });
    expect(Object.keys(textsIn("en"))).toEqual(expect.arrayContaining(["startChat", "loadFailed"]));
  });
});
