// Preloaded into children of the laptop: when the parent goes, even by kill -9, its end of stdin closes and so do we.
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));
process.stdin.resume();
process.stdin.unref?.();
