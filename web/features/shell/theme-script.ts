/** Where the browser keeps the chosen theme. */
export const themeKey = "theme";
/** The event that tells a page of a choice made in it. */
export const themeChanged = "samla-theme";

/**
 * Sets the theme before the first paint and keeps it: as chosen in this or another page of the browser, else as the
 * system has it. Runs in the page's head, so it is text; without signs that HTML would escape.
 */
export const themeScript = `(function(){var r=document.documentElement,m=matchMedia(\`(prefers-color-scheme: dark)\`);function set(e){var t=e.detail;try{t=t||localStorage.getItem(\`${themeKey}\`)}catch(x){}r.classList.toggle(\`dark\`,t===\`light\`?false:t===\`dark\`?true:m.matches)}set({});m.addEventListener(\`change\`,set);addEventListener(\`storage\`,set);addEventListener(\`${themeChanged}\`,set)})()`;
