/** Elements that end the paragraph before them and after them. */
export const blockElements: ReadonlySet<string> = new Set(
  (
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption figure footer " +
    "form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option optgroup p pre section select summary " +
    "table tbody td textarea tfoot th thead tr ul"
  ).split(" "),
);

/** Elements whose content is no text to read. Title and meta, though in the head, are read by name. */
const droppedElements: ReadonlySet<string> = new Set(
  "script style noscript template svg iframe object embed applet canvas audio video noframes annotation rp rt".split(
    " ",
  ),
);

/** Whether an element and all inside it is left out: code, styles, and what the page itself hides. */
export function isDropped(name: string, attributes: Record<string, string>, dropsNavigation: boolean): boolean {
  if (droppedElements.has(name)) return true;
  if (dropsNavigation && (name === "nav" || attributes.role === "navigation")) return true;
  if (attributes.hidden !== undefined && attributes.hidden !== "until-found" && name !== "body") return true;
  const { style } = attributes;
  return style !== undefined && /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style);
}

/** Heading level of an element, or 0. */
export function readHeadingLevel(name: string, attributes: Record<string, string>): number {
  if (name.length === 2 && name[0] === "h") return "123456".indexOf(name[1] ?? "") + 1;
  if (attributes.role !== "heading") return 0;
  return Number.parseInt(attributes["aria-level"] ?? "2", 10) || 2;
}

/** Language named by a class such as `language-js` or `lang-js`, as HTML 4.4.4 recommends. */
export function readCodeLanguage(attributes: Record<string, string>): string | undefined {
  return /(?:^|\s)(?:language|lang|highlight-source|brush:)-?\s?([\w+#-]{1,30})/.exec(attributes.class ?? "")?.[1];
}
