import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import type { Provisioned } from "../helpers/app";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

const { newVisitor } = widget;

let workspace: Provisioned;
let operator: ReturnType<typeof widget.operatorOf>;
let shop: { url: string; close(): Promise<void> };

test.beforeEach(async ({}, { testId }) => {
  const app = sharedApp();
  workspace = await app.provision(`Brand ${testId}`);
  operator = widget.operatorOf(app, workspace);
  shop = await serveHostPage(`<main><h1>Kettles</h1></main>${widget.snippet(app, workspace.widgetId)}`);
});
test.afterEach(() => shop.close());

test("an Arabic visitor gets the whole widget in Arabic, from right to left", async ({ browser }) => {
  const viewport = { width: 360, height: 720 };
  const page = await newVisitor(browser, shop.url, { locale: "ar", viewport, reducedMotion: "reduce" });
  await page.getByRole("button", { name: "فتح المحادثة" }).click();
  const panel = page.getByRole("dialog", { name: /^محادثة مع / });
  await expect(panel).toHaveCSS("direction", "rtl");
  // A Latin name that is too long is cut at its end, not at its beginning.
  const isBegun = panel.getByRole("heading").evaluate((heading) => {
    const begin = document.createRange();
    begin.setStart(heading.firstElementChild!.firstChild!, 0);
    begin.setEnd(heading.firstElementChild!.firstChild!, 1);
    return begin.getBoundingClientRect().left >= heading.getBoundingClientRect().left;
  });
  expect(await isBegun).toBe(true);
  await page.getByRole("button", { name: "بدء المحادثة" }).click();
  await expect(page.getByLabel("الاسم", { exact: true })).toHaveAccessibleDescription("أدخل اسمًا.");
  await expectAccessibleInBothSchemes(page);
  await page.getByLabel("الاسم", { exact: true }).fill("ليلى");
  await page.getByLabel("البريد الإلكتروني").fill("layla@example.com");
  await page.getByLabel("الهاتف").fill("+971 50 123 4567");
  await page.getByLabel("الرسالة", { exact: true }).fill("هل يصفر الإبريق؟");
  await page.getByRole("button", { name: "بدء المحادثة" }).click();
  const thread = page.getByRole("log", { name: "المحادثة" });
  await expect(thread).toContainText("أُرسلت");
  await operator.reply("It sings.");
  await expect(thread).toContainText("It sings.");
  await expect(thread.getByText("هل يصفر")).toHaveCSS("direction", "rtl");
  // The visitor's words are at the end of the line, which is the left.
  const box = async (text: string) => (await thread.locator(".bubble", { hasText: text }).boundingBox())!;
  await expect(thread.getByText("It sings.")).toHaveCSS("direction", "ltr");
  expect((await box("هل يصفر")).x).toBeLessThan((await box("It sings.")).x);
  await expectAccessibleInBothSchemes(page);
});

test("a brand says what it asks for, in which words and colours, and under what terms", async ({
  browser,
}) => {
  await widget.configure(sharedApp(), workspace, {
    form: { name: "off", email: "optional", phone: "off" },
    consent: {
      text: "Mit dem Absenden gilt unsere Datenschutzerklärung",
      url: "https://shop.example/privacy",
    },
    theme: "dark",
    locale: "de",
    texts: { startChat: "Los geht’s", openChat: "Frag uns" },
  });
  const page = await newVisitor(browser, shop.url, { colorScheme: "light" });
  await page.getByRole("button", { name: "Frag uns" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveCount(0);
  await expect(page.getByLabel("Telefon")).toHaveCount(0);
  await expect(page.getByLabel("E-Mail")).toHaveAccessibleDescription("freiwillig");
  const terms = page.getByRole("link", { name: /Datenschutzerklärung/ });
  await expect(terms).toHaveAttribute("href", "https://shop.example/privacy");
  await expect(terms).toHaveAttribute("rel", "noopener noreferrer");
  const panel = page.getByRole("dialog");
  await expect(panel).toHaveCSS("color-scheme", "dark");
  await expectAccessible(page);
  await page.getByLabel("E-Mail").fill("x");
  await page.getByRole("button", { name: "Los geht’s" }).click();
  await expect(page.getByLabel("Nachricht")).toHaveAccessibleDescription(
    "Schreiben Sie zuerst eine Nachricht.",
  );
  await page.getByLabel("E-Mail").fill("");
  await page.getByLabel("Nachricht").fill("Pfeift der Kessel?");
  await page.getByRole("button", { name: "Los geht’s" }).click();
  await expect(page.getByRole("log")).toContainText("Gesendet");
  expect((await operator.conversation()).visitor).not.toHaveProperty("email");
});
