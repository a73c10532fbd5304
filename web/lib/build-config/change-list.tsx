import type { BuildStage } from "@samla/contracts/plain";
import { Minus, Plus } from "lucide-react";
import { Badge } from "../../ui/badge.tsx";
import { listChange, settingLabel, showValue, stageAgain, stageLabel } from "./labels.ts";

type Change = { path: string; before?: unknown; after?: unknown; stage: BuildStage };

/** What differs between two configurations, a line a setting, with the first stage that runs again for it. */
export const ChangeList = ({
  changes,
  empty = "The configurations are the same.",
}: {
  changes: readonly Change[];
  empty?: string;
}) =>
  changes.length === 0 ? (
    <p className="text-muted-foreground text-sm">{empty}</p>
  ) : (
    <ul className="divide-y rounded-lg border bg-card text-sm">
      {changes.map((change) => (
        <li
          key={change.path}
          className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[minmax(8rem,12rem)_1fr_auto] sm:items-start"
        >
          <span className="font-medium" title={change.path}>
            {settingLabel(change.path)}
          </span>
          <Difference {...change} />
          <Badge
            className="justify-self-start"
            tone={change.stage === "query" ? "neutral" : "info"}
            title={stageAgain(change.stage)}
          >
            {stageLabel(change.stage)}
          </Badge>
        </li>
      ))}
    </ul>
  );

const shownMax = 8;

const Difference = ({ path, before, after }: Change) => {
  const list = listChange(path, before, after);
  if (!list)
    return (
      <span className="min-w-0 break-words">
        <span className="sr-only">before: </span>
        <del className="text-muted-foreground">{showValue(path, before)}</del>
        <span className="mx-1.5 text-muted-foreground" aria-hidden>
          →
        </span>
        <span className="sr-only">, after: </span>
        <ins className="font-medium no-underline">{showValue(path, after)}</ins>
      </span>
    );
  return (
    <span className="grid min-w-0 gap-0.5">
      <Members texts={list.removed} isAdded={false} />
      <Members texts={list.added} isAdded />
    </span>
  );
};

const Members = ({ texts, isAdded }: { texts: readonly string[]; isAdded: boolean }) => {
  const Icon = isAdded ? Plus : Minus;
  return (
    <>
      {texts.slice(0, shownMax).map((text) => (
        <span key={text} className="flex min-w-0 items-start gap-1.5">
          <Icon
            className={isAdded ? "mt-1 size-3 shrink-0 text-success" : "mt-1 size-3 shrink-0 text-destructive"}
            aria-label={isAdded ? "added" : "removed"}
            role="img"
          />
          <span className="min-w-0 break-words">{text}</span>
        </span>
      ))}
      {texts.length > shownMax ? (
        <span className="pl-4.5 text-muted-foreground text-xs">
          and {texts.length - shownMax} more {isAdded ? "added" : "removed"}
        </span>
      ) : null}
    </>
  );
};
