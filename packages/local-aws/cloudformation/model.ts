import type { Identity } from "../kernel/types.ts";
import type { ResourceHandler } from "./handler.ts";
import type { Scope } from "./intrinsics.ts";
import {
  activeResources,
  createScope,
  evaluateProperties,
  type ParameterValues,
  type ResourceValues,
} from "./parameters.ts";
import { dependenciesOf, orderResources } from "./references.ts";
import { normalize } from "./shapes.ts";
import type { Target } from "./store.ts";
import { type Json, parseTemplate, type ResourceSpec, type Template } from "./template.ts";

export type Handlers = Record<string, ResourceHandler>;

/** A template with its parameters: what a stack is to be. */
export type Model = {
  template: Template;
  values: ParameterValues;
  scope: Scope;
  /** Logical ids whose condition holds, each after all it waits for. */
  order: string[];
  spec(id: string): ResourceSpec;
  dependencies(id: string): string[];
};

export function createModel(options: {
  target: Pick<Target, "template" | "parameters">;
  identity: Identity;
  stack: { id: string; name: string };
  resources: ResourceValues;
}): Model {
  const template = parseTemplate(options.target.template);
  const scope = createScope({ ...options, template, values: options.target.parameters });
  const active = activeResources(template, scope);
  return {
    template,
    values: options.target.parameters,
    scope,
    order: orderResources(template).filter((id) => active.has(id)),
    spec(id) {
      const spec = template.resources[id];
      if (!spec) throw new Error(`the template has no resource ${id}`);
      return spec;
    },
    dependencies: (id) => dependenciesOf(template, id).filter((other) => active.has(other)),
  };
}

/** Evaluated properties in their types. @throws PropertyError, AwsError */
export const readProperties = (model: Model, id: string, handler: ResourceHandler): Json =>
  normalize(handler.shape, evaluateProperties(model.spec(id).properties, model.scope)) as Json;
