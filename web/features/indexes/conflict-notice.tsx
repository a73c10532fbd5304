import { GitMerge } from "lucide-react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { type SettingChange, showSetting } from "./settings.ts";

const labels = { name: "Name", description: "Description", readers: "Readers" };

/** What somebody else saved in the meantime, beside what is being edited here. */
export const ConflictNotice = ({
  changes,
  onTakeTheirs,
}: {
  changes: readonly SettingChange[];
  onTakeTheirs: () => void;
}) => (
  <section role="alert" className="grid gap-3 rounded-lg border border-warning bg-warning-soft p-4 text-sm">
    <h3 className="flex items-center gap-2 font-medium">
      <GitMerge className="size-4 text-warning" aria-hidden /> Somebody changed this in the meantime
    </h3>
    <dl className="grid gap-2">
      {changes.map((change) => (
        <div key={change.name} className="grid gap-0.5">
          <dt className="flex items-center gap-2 font-medium text-xs">
            {labels[change.name]}
            {change.isConflict ? <Badge tone="warning">both changed it</Badge> : <Badge>taken over</Badge>}
          </dt>
          <dd className="break-words text-xs">
            <span className="text-muted-foreground line-through">{showSetting(change.before)}</span>{" "}
            <span>{showSetting(change.theirs)}</span>
            {change.isConflict ? (
              <span className="block">
                <span className="text-muted-foreground">Yours: </span>
                {showSetting(change.mine)}
              </span>
            ) : null}
          </dd>
        </div>
      ))}
    </dl>
    <p className="text-xs">Your changes are kept below, nothing is saved yet. Save them on top, or take theirs.</p>
    <Button size="sm" className="justify-self-start" onClick={onTakeTheirs}>
      Take theirs
    </Button>
  </section>
);
