"use client";
import { type ReactNode, useState } from "react";
import { describeError } from "../../lib/problem.ts";
import { isReason, ReasonField } from "../../lib/reason-field.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/input.tsx";

export type ActInput = { reason: string; confirmName?: string };

/**
 * Asks for the reason of an act, and for the name of a protected agent. What was refused is said inside, and nothing typed
 * is lost. `onAct` throws what went wrong.
 */
export const ActDialog = ({
  agent,
  open,
  onOpenChange,
  title,
  description,
  reasonLabel,
  reasonHint = "It stays in the history with your name.",
  confirmLabel,
  keepLabel = "Leave it",
  destructive = false,
  isReady = true,
  asksReason = true,
  className,
  onAct,
  children,
}: {
  agent: { name: string; protected: boolean };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  reasonLabel: string;
  reasonHint?: string;
  confirmLabel: string;
  keepLabel?: string;
  destructive?: boolean;
  /** False while what is asked beside the reason is not settled. */
  isReady?: boolean;
  asksReason?: boolean;
  className?: string;
  onAct: (input: ActInput) => Promise<unknown>;
  children?: ReactNode;
}) => {
  const [reason, setReason] = useState("");
  const [name, setName] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const problem = failure === undefined ? undefined : describeError(failure);
  const isNamed = !agent.protected || name === agent.name;
  const act = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      await onAct({ reason: reason.trim(), ...(agent.protected ? { confirmName: name } : {}) });
      setReason("");
      setName("");
      onOpenChange(false);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onOpenChange={(next) => (isBusy ? undefined : onOpenChange(next))}>
      <DialogContent className={className ?? "max-w-lg"} title={title} description={description}>
        <DialogBody className="grid gap-4">
          {children}
          {asksReason ? (
            <ReasonField
              id="act-reason"
              label={reasonLabel}
              hint={reasonHint}
              value={reason}
              onChange={(text) => {
                setReason(text);
                setFailure(undefined);
              }}
            />
          ) : null}
          {agent.protected ? (
            <Field
              id="act-name"
              label={
                <>
                  This agent is protected: type <strong className="font-mono">{agent.name}</strong>
                </>
              }
            >
              {(ids) => (
                <Input
                  {...ids}
                  value={name}
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          ) : null}
          {problem ? (
            <p role="alert" className="wrap-anywhere rounded-md bg-destructive-soft px-3 py-2 text-destructive text-sm">
              {problem.detail} {problem.nextStep}
            </p>
          ) : null}
        </DialogBody>
        <DialogFooter>
          <Button disabled={isBusy} onClick={() => onOpenChange(false)}>
            {keepLabel}
          </Button>
          <Button
            variant={destructive ? "destructive" : "primary"}
            busy={isBusy}
            disabled={!isReady || !isNamed || (asksReason && !isReason(reason))}
            onClick={() => void act()}
          >
            {confirmLabel}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
};
