// Loaded before the function. ES modules do not look at NODE_PATH by themselves, and that is where Lambda puts layers;
// its own Node is said to, a child process of ours is not. What is found as usual stays as it is.
import { createRequire, registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folders = [...(process.env.NODE_PATH ?? "").split(":"), "/opt/nodejs/node_modules"].filter(Boolean);

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (error?.code !== "ERR_MODULE_NOT_FOUND" || /^(?:[./]|file:|node:)/.test(specifier)) throw error;
      for (const folder of folders)
        try {
          return next(specifier, { ...context, parentURL: pathToFileURL(join(folder, "..", "from-layer.mjs")).href });
        } catch {
          // Not in this folder.
        }
      throw error;
    }
  },
});

// CommonJS and createRequire().resolve read NODE_PATH at start; a child process may have been started without it.
if (!process.env.NODE_PATH) {
  process.env.NODE_PATH = folders.join(":");
  createRequire(import.meta.url)("node:module").Module._initPaths();
}
