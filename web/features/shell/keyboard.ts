/** True while the person is typing, so that single-letter shortcuts keep out of the way. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "range"].includes(target.type)));

/** Shortcuts shown in the help, by group. */
export const shortcutGroups: readonly {
  title: string;
  items: readonly { keys: readonly string[]; label: string }[];
}[] = [
  {
    title: "Everywhere",
    items: [
      { keys: ["Ctrl", "K"], label: "Command palette" },
      { keys: ["/"], label: "Search" },
      { keys: ["g", "s"], label: "Go to search" },
      { keys: ["g", "q"], label: "Go to ask" },
      { keys: ["g", "d"], label: "Go to documents" },
      { keys: ["g", "i"], label: "Go to indexes" },
      { keys: ["g", "g"], label: "Go to agents" },
      { keys: ["g", "m"], label: "Go to images" },
      { keys: ["g", "a"], label: "Go to activity" },
      { keys: ["?"], label: "This help" },
    ],
  },
  {
    title: "Search results",
    items: [
      { keys: ["↓"], label: "Next hit, also j" },
      { keys: ["↑"], label: "Previous hit, also k" },
      { keys: ["Enter"], label: "Open the source" },
      { keys: ["Esc"], label: "Back to the search box" },
    ],
  },
  {
    title: "Documents",
    items: [
      { keys: ["u"], label: "Upload files" },
      { keys: ["↓"], label: "Next row, also ↑" },
      { keys: ["Space"], label: "Select the row" },
      { keys: ["Enter"], label: "Open the document" },
      { keys: ["Delete"], label: "Delete, with undo" },
      { keys: ["Esc"], label: "Clear the selection" },
    ],
  },
  {
    title: "Source",
    items: [
      { keys: ["n"], label: "Next hit, also Alt →" },
      { keys: ["p"], label: "Previous hit, also Alt ←" },
      { keys: ["+"], label: "Zoom in" },
      { keys: ["−"], label: "Zoom out" },
    ],
  },
];
