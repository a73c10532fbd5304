"use client";
import type { IndexDetail } from "@samla/contracts";
import { ApiError } from "@samla/contracts/plain";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { fieldErrorsOf } from "../../lib/problem.ts";
import { toastError } from "../../lib/query-error.tsx";
import { ReadersInput } from "../../lib/readers-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, Input, Textarea } from "../../ui/input.tsx";
import { toast } from "../../ui/toast.ts";
import { ConflictNotice } from "./conflict-notice.tsx";
import { usePatchIndex } from "./mutations.ts";
import { indexOptions } from "./queries.ts";
import {
  changesByOthers,
  changesOf,
  mergeSettings,
  type SettingChange,
  type Settings,
  settingErrors,
  settingsOf,
} from "./settings.ts";

/**
 * Name, description and readers. A save goes through only if nobody changed the index since it was loaded; otherwise
 * it shows what they changed beside mine, and nothing of either is lost.
 */
export const SettingsForm = ({ index, isReadOnly }: { index: IndexDetail; isReadOnly: boolean }) => {
  const client = useQueryClient();
  const patch = usePatchIndex(index.slug);
  const [base, setBase] = useState({ settings: settingsOf(index), revision: index.revision });
  const [mine, setMine] = useState<Settings>(base.settings);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [conflict, setConflict] = useState<SettingChange[]>([]);
  const changes = changesOf(base.settings, mine);
  const isDirty = changes !== undefined;

  // While nothing is being edited here, the form follows what others do.
  useEffect(() => {
    if (isDirty || index.revision === base.revision) return;
    setBase({ settings: settingsOf(index), revision: index.revision });
    setMine(settingsOf(index));
  }, [index, isDirty, base.revision]);

  const change = (part: Partial<Settings>) => {
    setMine((before) => ({ ...before, ...part }));
    setErrors({});
  };
  const save = async (body: Partial<Settings>, revision: number) => {
    try {
      const wrong = await settingErrors(body);
      if (wrong) return setErrors(wrong);
      const saved = await patch.mutateAsync({ body, revision });
      setBase({ settings: settingsOf(saved), revision: saved.revision });
      setMine(settingsOf(saved));
      setConflict([]);
      toast.success("Settings saved");
    } catch (error) {
      if (error instanceof ApiError && error.problem.code === "precondition_failed") await showOthers();
      else {
        setErrors(fieldErrorsOf(error));
        toastError(error);
      }
    }
  };
  const showOthers = async () => {
    const theirs = await client.fetchQuery({ ...indexOptions(index.slug), staleTime: 0 });
    setConflict(changesByOthers(base.settings, mine, settingsOf(theirs)));
    const merged = mergeSettings(base.settings, mine, settingsOf(theirs));
    setBase({ settings: settingsOf(theirs), revision: theirs.revision });
    setMine(merged);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changes) void save(changes, base.revision);
  };
  return (
    <form onSubmit={submit} className="grid max-w-xl gap-4" noValidate>
      {conflict.length > 0 ? (
        <ConflictNotice
          changes={conflict}
          onTakeTheirs={() => {
            setMine(base.settings);
            setConflict([]);
          }}
        />
      ) : null}
      <Field id="settings-name" label="Name" error={errors.name}>
        {(ids) => (
          <Input
            {...ids}
            value={mine.name}
            maxLength={80}
            disabled={isReadOnly}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <Field id="settings-description" label="Description" error={errors.description}>
        {(ids) => (
          <Textarea
            {...ids}
            value={mine.description}
            maxLength={500}
            disabled={isReadOnly}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Field>
      <ReadersInput
        value={mine.readers}
        onChange={(readers) => change({ readers })}
        error={errors.readers}
        isDisabled={isReadOnly}
      />
      {isReadOnly ? null : (
        <div className="flex gap-2">
          <Button type="submit" variant="primary" disabled={!isDirty} busy={patch.isPending}>
            {conflict.length > 0 ? "Save mine on top" : "Save"}
          </Button>
          {isDirty ? (
            <Button
              onClick={() => {
                setMine(base.settings);
                setConflict([]);
                setErrors({});
              }}
            >
              Discard changes
            </Button>
          ) : null}
        </div>
      )}
    </form>
  );
};
