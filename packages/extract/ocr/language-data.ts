import { randomUUID } from "node:crypto";
import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { OcrSettings } from "../reader.ts";

const inflate = promisify(gunzip);
const variant = "4.0.0_best_int";

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Folder that holds the recogniser's data for a language. The packed data of the npm package is unpacked once
 * into a cache folder; a rename at the end keeps two processes from reading half a file.
 * @throws Error when there is neither a data folder nor an installed package for the language.
 */
export async function prepareLanguageData(settings: OcrSettings): Promise<{ folder: string; language: string }> {
  const language = settings.language ?? "eng";
  if (!/^[a-z]{3}(_[a-z]+)?$/i.test(language))
    throw new Error(`"${language}" is not a language code of the recogniser`);
  const fileName = `${language}.traineddata`;
  if (settings.dataPath) {
    if (await exists(join(settings.dataPath, fileName))) return { folder: settings.dataPath, language };
    throw new Error(`The OCR data folder has no ${fileName}`);
  }
  const folder = settings.cachePath ?? join(tmpdir(), `samla-ocr-${variant}`);
  const target = join(folder, fileName);
  if (await exists(target)) return { folder, language };
  const packageFile = createRequire(import.meta.url).resolve(`@tesseract.js-data/${language}/package.json`);
  const packed = await readFile(join(dirname(packageFile), variant, `${fileName}.gz`));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const partial = `${target}.${randomUUID()}`;
  await writeFile(partial, await inflate(packed));
  await rename(partial, target);
  return { folder, language };
}
