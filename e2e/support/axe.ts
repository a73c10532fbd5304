import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** The themes differ in colours alone, so the second is looked at for those. */
const themes = [
  { colorScheme: "light", colorsOnly: false },
  { colorScheme: "dark", colorsOnly: true },
] as const;

/** No violation of WCAG 2.2 A and AA, in light and in dark. */
export const expectAccessible = async (page: Page, part?: string): Promise<void> => {
  for (const { colorScheme, colorsOnly } of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const all = new AxeBuilder({ page });
    const builder = colorsOnly ? all.withRules(["color-contrast", "link-in-text-block"]) : all.withTags(tags);
    // Without frames nothing has to be put together on a page of its own, which costs more than the look itself.
    builder.setLegacyMode(page.frames().length === 1);
    const { violations } = await (part ? builder.include(part) : builder).analyze();
    const said = violations.map(({ id, help, nodes }) => ({
      id: `${colorScheme} ${id}: ${help}`,
      nodes: nodes
        .slice(0, 4)
        .map((node) => `${node.target.join(" ")} ${node.failureSummary?.split("\n").slice(1, 3).join(" ") ?? ""}`),
    }));
    expect.soft(said, `${colorScheme} ${new URL(page.url()).pathname}`).toEqual([]);
  }
};
