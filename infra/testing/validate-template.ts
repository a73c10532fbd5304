import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./unpack-platform.ts";

type Diagnostic = { severity: string; ruleId: string; message: string };
type Validator = {
  CelEngine: new () => { validateStandard(file: object): { diagnostics: Diagnostic[] }; free(): void };
  TemplateFile: new (path: string) => object;
};

const load = createRequire(join(root, "infra", "package.json"));
const { parse } = load("yaml") as { parse(text: string): unknown };

export type Template = {
  Parameters: Record<string, Record<string, unknown>>;
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  Rules?: Record<string, { RuleCondition: unknown; Assertions: { Assert: unknown; AssertDescription: string }[] }>;
  Outputs?: Record<string, unknown>;
} & Record<string, unknown>;

export const parseTemplate = (text: string): Template => parse(text) as Template;

let engine: InstanceType<Validator["CelEngine"]> | undefined;

/** Errors and warnings that AWS's own validator finds in a template. Offline; under a second. */
export const validateTemplate = (template: Template): string[] => {
  const { CelEngine, TemplateFile } = load("@aws/cloudformation-validate") as Validator;
  const folder = mkdtempSync(join(tmpdir(), "samla-template-"));
  engine ??= new CelEngine();
  try {
    const file = join(folder, "template.json");
    writeFileSync(file, JSON.stringify(template));
    return (
      engine
        .validateStandard(new TemplateFile(file))
        // Parameters are given as defaults here, so their ARNs look written down.
        .diagnostics.filter((one) => one.severity !== "INFO" && one.ruleId !== "W9002")
        .map((one) => `${one.ruleId} ${one.message}`)
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The template as it is deployed with these parameters, so that the validator sees their values. */
export const withParameters = (template: Template, values: Record<string, string | number | string[]>): Template => {
  const unknown = Object.keys(values).filter((name) => !(name in template.Parameters));
  if (unknown.length) throw new Error(`the template has no parameter ${unknown.join(", ")}`);
  return {
    ...template,
    Parameters: Object.fromEntries(
      Object.entries(template.Parameters).map(([name, parameter]) => {
        const value = values[name];
        return [
          name,
          value === undefined
            ? parameter
            : { ...parameter, Default: Array.isArray(value) ? value.join(",") : String(value) },
        ];
      }),
    ),
  };
};

/** Parameters without a value. */
export const missingParameters = (template: Template, values: Record<string, unknown>): string[] =>
  Object.entries(template.Parameters)
    .filter(([name, parameter]) => !("Default" in parameter) && !(name in values))
    .map(([name]) => name);

const resolve = (value: unknown, values: Record<string, unknown>): unknown =>
  typeof value === "object" && value !== null && "Ref" in value ? values[String(value.Ref)] : value;

/** Assertions of the template's rules that these parameters break, as CloudFormation evaluates them before it begins. */
export const brokenRules = (template: Template, given: Record<string, unknown>): string[] => {
  const defaults = Object.fromEntries(Object.entries(template.Parameters).map(([name, one]) => [name, one.Default]));
  const values = { ...defaults, ...given };
  const test = (expression: unknown): boolean => {
    const one = expression as { "Fn::Equals"?: unknown[]; "Fn::Contains"?: [unknown[], unknown] };
    if (one["Fn::Equals"]) return resolve(one["Fn::Equals"][0], values) === resolve(one["Fn::Equals"][1], values);
    if (one["Fn::Contains"]) return one["Fn::Contains"][0].includes(resolve(one["Fn::Contains"][1], values));
    throw new Error(`this rule is not understood: ${JSON.stringify(expression)}`);
  };
  return Object.values(template.Rules ?? {})
    .filter((rule) => test(rule.RuleCondition))
    .flatMap((rule) => rule.Assertions.filter((one) => !test(one.Assert)).map((one) => one.AssertDescription));
};
