"use client";
import type { IndexDetail } from "@samla/contracts";
import { ApiError, limits } from "@samla/contracts/plain";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { FieldGroup, NumberField, SwitchField } from "../../lib/build-config/fields.tsx";
import { toastError } from "../../lib/query-error.tsx";
import { Button } from "../../ui/button.tsx";
import { toast } from "../../ui/toast.ts";
import { indexKeys } from "./keys.ts";
import { usePatchIndex } from "./mutations.ts";
import { areSound, changedParts, type RuleSettings } from "./rules-settings.ts";

/** The gate of promotions, how many builds are kept to go back to, and how searches are logged. */
export const RulesForm = ({ index, isReadOnly }: { index: IndexDetail; isReadOnly: boolean }) => {
  const client = useQueryClient();
  const patch = usePatchIndex(index.slug);
  const [base, setBase] = useState({ settings: index.settings, revision: index.revision });
  const [mine, setMine] = useState<RuleSettings>(index.settings);
  const changes = changedParts(base.settings, mine);
  const isDirty = changes !== undefined;

  // While nothing is being edited here, the form follows what others do.
  useEffect(() => {
    if (isDirty || index.revision === base.revision) return;
    setBase({ settings: index.settings, revision: index.revision });
    setMine(index.settings);
  }, [index, isDirty, base.revision]);

  const set = <K extends keyof RuleSettings>(part: K, values: Partial<RuleSettings[K]>) =>
    setMine((before) => ({ ...before, [part]: { ...before[part], ...values } }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!changes) return;
    try {
      const saved = await patch.mutateAsync({ body: { settings: changes }, revision: index.revision });
      setBase({ settings: saved.settings, revision: saved.revision });
      setMine(saved.settings);
      toast.success("Rules saved");
    } catch (error) {
      toastError(error);
      if (error instanceof ApiError && error.problem.code === "precondition_failed")
        void client.invalidateQueries({ queryKey: indexKeys.one(index.slug) });
    }
  };
  const { gate, retention, queryLog, protection } = mine;
  return (
    <form onSubmit={(event) => void submit(event)} className="grid max-w-xl gap-6" noValidate>
      <FieldGroup title="Protection" hint="For an index that people rely on. It is marked on all its pages.">
        <SwitchField
          label="Protected"
          hint="It cannot be deleted, and promotions and roll backs ask for its short name."
          value={protection.protected}
          isDisabled={isReadOnly}
          onChange={(isOn) => set("protection", { protected: isOn })}
        />
      </FieldGroup>
      <FieldGroup
        title="Gate of promotions"
        hint="A promotion beyond these is blocked; administrators may override it with a reason."
      >
        <SwitchField
          label="Ask for an evaluation"
          hint="Of the live build and of the candidate, on the same questions."
          value={gate.evaluationRequired}
          isDisabled={isReadOnly}
          onChange={(evaluationRequired) => set("gate", { evaluationRequired })}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <NumberField
            label="nDCG@10 may fall by"
            hint="Of a figure between 0 and 1."
            value={gate.ndcg10DropMax}
            min={0}
            max={1}
            step={0.005}
            isDisabled={isReadOnly}
            onChange={(ndcg10DropMax) => set("gate", { ndcg10DropMax })}
          />
          <NumberField
            label="Recall@10 may fall by"
            hint="Of a figure between 0 and 1."
            value={gate.recall10DropMax}
            min={0}
            max={1}
            step={0.005}
            isDisabled={isReadOnly}
            onChange={(recall10DropMax) => set("gate", { recall10DropMax })}
          />
          <NumberField
            label="Share without a hit may rise by"
            hint="0.02: two more questions of a hundred."
            value={gate.zeroResultRiseMax}
            min={0}
            max={1}
            step={0.005}
            isDisabled={isReadOnly}
            onChange={(zeroResultRiseMax) => set("gate", { zeroResultRiseMax })}
          />
          <NumberField
            label="Share of failed documents at most"
            hint="0.05: five documents of a hundred."
            value={gate.failedShareMax}
            min={0}
            max={1}
            step={0.005}
            isDisabled={isReadOnly}
            onChange={(failedShareMax) => set("gate", { failedShareMax })}
          />
        </div>
      </FieldGroup>
      <FieldGroup
        title="Builds kept"
        hint="Superseded builds follow every upload, so that each can come back at once. Older ones are deleted."
      >
        <NumberField
          label="Superseded builds to keep"
          value={retention.supersededMax}
          min={1}
          max={limits.supersededBuildsMax}
          isDisabled={isReadOnly}
          onChange={(supersededMax) => set("retention", { supersededMax })}
        />
      </FieldGroup>
      <FieldGroup title="Query log" hint="What people search is kept to find out what is missing and what is slow.">
        <NumberField
          label="Days that a search is kept"
          value={queryLog.days}
          min={1}
          max={limits.queryLogDaysMax}
          isDisabled={isReadOnly}
          onChange={(days) => set("queryLog", { days })}
        />
        <SwitchField
          label="Without names"
          hint="From then on it is not written down who searched. What is there keeps its names until it expires."
          value={queryLog.anonymous}
          isDisabled={isReadOnly}
          onChange={(anonymous) => set("queryLog", { anonymous })}
        />
      </FieldGroup>
      {isReadOnly ? null : (
        <div className="flex gap-2">
          <Button type="submit" variant="primary" disabled={!isDirty || !areSound(mine)} busy={patch.isPending}>
            Save rules
          </Button>
          {isDirty ? <Button onClick={() => setMine(base.settings)}>Discard changes</Button> : null}
        </div>
      )}
    </form>
  );
};
