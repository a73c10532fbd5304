import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { buildWithDocker, readOciLayout } from "./build-with-docker.ts";
import { mediaTypes } from "./oci.ts";
import { parseRepository } from "./parse-repository.ts";
import { cleanSourceUrl } from "./source.ts";

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

describe("an image that buildx wrote", () => {
  let dir = "";
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const layout = (isWrapped: boolean, forge = false): string => {
    dir = mkdtempSync(join(tmpdir(), "samla-oci-"));
    mkdirSync(join(dir, "blobs/sha256"), { recursive: true });
    const put = (text: string): { digest: string; size: number } => {
      writeFileSync(join(dir, "blobs/sha256", digestOf(text).slice(7)), text);
      return { digest: digestOf(text), size: text.length };
    };
    const manifest = JSON.stringify({
      schemaVersion: 2,
      config: put("config"),
      layers: [put("layer one"), put("layer two")],
    });
    const one = { mediaType: mediaTypes.manifest, ...put(manifest) };
    if (forge) writeFileSync(join(dir, "blobs/sha256", one.digest.slice(7)), `${manifest} `);
    const index = JSON.stringify({ schemaVersion: 2, manifests: [one] });
    const outer = isWrapped ? { mediaType: mediaTypes.index, ...put(index) } : one;
    writeFileSync(join(dir, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [outer] }));
    return dir;
  };

  it.each([false, true])("is read with its parts, the configuration first (in an index: %s)", (isWrapped) => {
    const image = readOciLayout(layout(isWrapped));
    expect(image.digest).toBe(digestOf(image.manifest.toString()));
    expect(image.blobs.map(({ digest }) => digest)).toEqual(["config", "layer one", "layer two"].map(digestOf));
    expect(image.sizeBytes).toBe(image.manifest.length + "config".length + 2 * "layer one".length);
  });

  it("is refused when its manifest does not have its digest", () => {
    expect(() => readOciLayout(layout(false, true))).toThrow(/names sha256:.* and holds sha256:/);
  });
});

describe("where an image goes and comes from", () => {
  it("is ECR or this machine, nothing else", () => {
    const ecr = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/samla/production/answer";
    expect(parseRepository(ecr)).toEqual({
      url: "https://123456789012.dkr.ecr.eu-central-1.amazonaws.com",
      name: "samla/production/answer",
      region: "eu-central-1",
    });
    expect(parseRepository("127.0.0.1:4566/samla/laptop/answer")).toMatchObject({
      url: "http://127.0.0.1:4566",
      region: undefined,
    });
    for (const wrong of ["docker.io/library/node", `${ecr}:v1`, "samla/answer", "127.0.0.1:4566/"])
      expect(() => parseRepository(wrong), wrong).toThrow(/is no repository/);
  });

  it("is told without names and passwords", () => {
    expect(cleanSourceUrl("git@example.com:team/samla.git")).toBe("https://example.com/team/samla");
    expect(cleanSourceUrl("https://user:secret@example.com/team/samla.git")).toBe("https://example.com/team/samla");
    expect(cleanSourceUrl("ssh://git@example.com/team/samla")).toBe("https://example.com/team/samla");
    expect(cleanSourceUrl("/home/someone/samla")).toBeUndefined();
  });
});

describe("Docker", () => {
  const path = process.env.PATH;
  let dir = "";
  afterEach(() => {
    process.env.PATH = path;
    rmSync(dir, { recursive: true, force: true });
  });

  it("is asked for one reproducible OCI image of the agent's Dockerfile with SAMLA's labels, and its refusal is the build's", () => {
    dir = mkdtempSync(join(tmpdir(), "samla-docker-"));
    // No Docker here: a program of its name notes what it was asked, and fails.
    const script =
      '#!/bin/sh\nfor one in "$@"; do echo "$one"; done > "$0.asked"\necho "$SOURCE_DATE_EPOCH" > "$0.epoch"\nexit 3\n';
    writeFileSync(join(dir, "docker"), script, { mode: 0o755 });
    process.env.PATH = `${dir}:${path}`;
    const root = join(import.meta.dirname, "..", "..");
    expect(() => buildWithDocker({ root, agentDir: "agents/answer", dir })).toThrow(/docker buildx build/);
    const asked = readFileSync(join(dir, "docker.asked"), "utf8").trim().split("\n");
    expect(asked.slice(0, 4)).toEqual(["buildx", "build", "--file", "agents/answer/Dockerfile"]);
    const labels = asked.filter((_, i) => asked[i - 1] === "--label");
    expect(labels.map((label) => label.split("=")[0])).toEqual(
      expect.arrayContaining(["com.samla.agent", "org.opencontainers.image.title", "org.opencontainers.image.version"]),
    );
    expect(asked.slice(-4)).toEqual([
      "--provenance=false",
      "--output",
      `type=oci,dest=${join(dir, "docker-answer")},tar=false,rewrite-timestamp=true`,
      ".",
    ]);
    expect(readFileSync(join(dir, "docker.epoch"), "utf8")).toMatch(/^\d+\n$/);
    expect(() => buildWithDocker({ root, agentDir: "agents/nobody", dir })).toThrow(/Dockerfile is missing/);
  });
});
