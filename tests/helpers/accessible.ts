import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** axe finds nothing on the page as it is. */
export async function expectAccessible(page: Page): Promise<void> {
  await expectNothingFound(page, builder(page));
}

/** The same in both colour schemes, of which only colours differ; ends in light. */
export async function expectAccessibleInBothSchemes(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectNothingFound(page, builder(page).withRules(COLOUR_RULES));
  await page.emulateMedia({ colorScheme: "light" });
}

/** axe's default rules that look at colours. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** In legacy mode, which is for pages without frames, it opens no second page for its report. */
const builder = (page: Page) => new AxeBuilder({ page }).setLegacyMode(true);

async function expectNothingFound(page: Page, axe: AxeBuilder): Promise<void> {
  // Colours are measured once nothing fades any more; what moves for ever does not fade.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
        .map((animation) => animation.finished.catch(() => undefined)),
    ),
  );
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}
