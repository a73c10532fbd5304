import type { ChangeSummary, StackChange } from "@samla/contracts";
import { Minus, PenLine, Plus, Replace, TriangleAlert } from "lucide-react";
import { cn } from "../../ui/cn.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";

const icons = { add: Plus, modify: PenLine, remove: Minus, replace: Replace } as const;
/** A task definition is made anew with every release; that harms nobody. */
const isAlarming = (change: StackChange): boolean =>
  (change.action === "replace" || change.action === "remove" || change.replaces === "yes") &&
  change.type !== "AWS::ECS::TaskDefinition";

/** What CloudFormation will do, in plain words; what is made anew or taken away is red. */
export const ChangeSetCard = ({ changeSet }: { changeSet: ChangeSummary }) => (
  <section aria-label="What will change in AWS" className="rounded-lg border bg-card text-sm">
    <p className="wrap-anywhere px-4 py-2.5 font-medium">{changeSet.sentence}</p>
    {changeSet.replaces ? (
      <p role="status" className="flex items-start gap-2 border-t bg-destructive-soft px-4 py-2 text-destructive">
        <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden /> Something is made anew, not changed in place:
        what holds on to the old one may break.
      </p>
    ) : null}
    {changeSet.changes.length > 0 ? (
      <ul className="divide-y border-t">
        {changeSet.changes.map((change) => (
          <ResourceChange key={change.resource} change={change} />
        ))}
      </ul>
    ) : (
      <p className="border-t px-4 py-2 text-muted-foreground text-xs">Nothing changes in AWS.</p>
    )}
    <p className="flex flex-wrap items-center gap-x-2 border-t px-4 py-1.5 text-muted-foreground text-xs">
      {changeSet.kind === "create" ? "A new stack" : "Stack"} <CopyableId id={changeSet.stackName} label="stack" full />
      change set <CopyableId id={changeSet.changeSetId} label="change set" />
    </p>
  </section>
);

const ResourceChange = ({ change }: { change: StackChange }) => {
  const alarming = isAlarming(change);
  const Icon = icons[change.action];
  return (
    <li className={cn("px-4 py-2", alarming && "bg-destructive-soft")}>
      <p className={cn("flex items-start gap-2.5", alarming && "font-medium text-destructive")}>
        <Icon className="mt-0.5 size-4 shrink-0" role="img" aria-label={change.action} />
        <span className="wrap-anywhere min-w-0">
          {change.sentence}
          {change.replaces === "maybe" && change.type !== "AWS::ECS::TaskDefinition" ? (
            <span className="text-warning"> (may be made anew)</span>
          ) : null}
        </span>
        <span className="ml-auto shrink-0 font-mono font-normal text-2xs text-muted-foreground" title={change.resource}>
          {change.type.replace(/^AWS::/, "")}
        </span>
      </p>
      {change.properties.length > 0 ? (
        <details className="mt-1 pl-6.5">
          <summary className="text-muted-foreground text-xs">
            {change.properties.length} {change.properties.length === 1 ? "property" : "properties"}
          </summary>
          <ul className="mt-1 grid gap-0.5 text-xs">
            {change.properties.map((property) => (
              <li key={property.name} className="wrap-anywhere">
                <span className={cn("font-mono", property.replaces && alarming && "text-destructive")}>
                  {property.name}
                </span>
                {property.before !== undefined || property.after !== undefined ? (
                  <>
                    {": "}
                    <del className="text-muted-foreground">{property.before ?? "none"}</del> →{" "}
                    <ins className="no-underline">{property.after ?? "none"}</ins>
                  </>
                ) : null}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </li>
  );
};
