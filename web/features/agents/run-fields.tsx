"use client";
import type { ReleaseConfig } from "@samla/contracts";
import { agentLimits, formatBytes, taskSizes } from "@samla/contracts/plain";
import { useId } from "react";
import { Changed, ChoiceField, FieldGroup, NumberField } from "../../lib/build-config/fields.tsx";
import { Field, Input } from "../../ui/input.tsx";

const mebibyte = 1024 * 1024;

/** How an agent runs, whatever its image: size, number, way in. */
export const RunFields = ({
  value,
  base,
  onChange,
}: {
  value: ReleaseConfig;
  base: ReleaseConfig | undefined;
  onChange: (part: Partial<ReleaseConfig>) => void;
}) => {
  const healthId = useId();
  const secretId = useId();
  const isChanged = (key: keyof ReleaseConfig) => base !== undefined && value[key] !== base[key];
  const memories = taskSizes[String(value.cpu)] ?? [value.memory];
  return (
    <>
      <FieldGroup title="Size and number">
        <div className="grid grid-cols-2 gap-3">
          <ChoiceField
            label="CPU"
            value={String(value.cpu)}
            options={Object.keys(taskSizes).map((cpu) => ({ value: cpu, label: `${Number(cpu) / 1024}` }))}
            isChanged={isChanged("cpu")}
            onChange={(cpu) => {
              const offered = taskSizes[cpu] ?? [];
              onChange({
                cpu: Number(cpu),
                memory: offered.includes(value.memory) ? value.memory : (offered[0] ?? value.memory),
              });
            }}
          />
          <ChoiceField
            label="Memory"
            value={String(value.memory)}
            options={memories.map((memory) => ({ value: String(memory), label: formatBytes(memory * mebibyte) }))}
            isChanged={isChanged("memory")}
            onChange={(memory) => onChange({ memory: Number(memory) })}
          />
        </div>
        <div className="grid grid-cols-3 gap-3">
          <NumberField
            label="Tasks at least"
            value={value.minTasks}
            min={0}
            max={agentLimits.tasksMax}
            isChanged={isChanged("minTasks")}
            onChange={(minTasks) => onChange({ minTasks })}
          />
          <NumberField
            label="At most"
            value={value.maxTasks}
            min={1}
            max={agentLimits.tasksMax}
            isChanged={isChanged("maxTasks")}
            onChange={(maxTasks) => onChange({ maxTasks })}
          />
          <NumberField
            label="CPU target, %"
            value={value.cpuTarget}
            min={10}
            max={90}
            isChanged={isChanged("cpuTarget")}
            onChange={(cpuTarget) => onChange({ cpuTarget })}
          />
        </div>
      </FieldGroup>
      <FieldGroup title="Way in and credentials">
        <div className="grid grid-cols-2 gap-3">
          <NumberField
            label="Port"
            value={value.port}
            min={1024}
            max={65_535}
            isChanged={isChanged("port")}
            onChange={(port) => onChange({ port })}
          />
          <Field
            id={healthId}
            label={
              <>
                Health path <Changed isChanged={isChanged("healthPath")} />
              </>
            }
          >
            {(ids) => (
              <Input
                {...ids}
                className="font-mono"
                value={value.healthPath}
                spellCheck={false}
                onChange={(event) => onChange({ healthPath: event.target.value })}
              />
            )}
          </Field>
        </div>
        <Field
          id={secretId}
          label={
            <>
              Secret <span className="font-normal text-muted-foreground">(optional)</span>{" "}
              <Changed isChanged={isChanged("secretArn")} />
            </>
          }
          hint="The ARN of its credentials in Secrets Manager. Only the task reads it."
        >
          {(ids) => (
            <Input
              {...ids}
              className="font-mono text-xs"
              value={value.secretArn ?? ""}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => onChange({ secretArn: event.target.value.trim() || undefined })}
            />
          )}
        </Field>
      </FieldGroup>
    </>
  );
};
