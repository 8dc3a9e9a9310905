/** The widget's view of a brand. */
import type { Doc } from "../_generated/dataModel";
import type { WidgetConfig } from "../validators";

/** `convexUrl` is the deployment's own address, which it knows at run time. */
export function toWidgetConfig(brand: Doc<"brands">, convexUrl: string): WidgetConfig {
  const { name, primaryColor, welcomeMessage, position, avatarUrl } = brand;
  return { brandName: name, primaryColor, welcomeMessage, position, avatarUrl, convexUrl };
}
