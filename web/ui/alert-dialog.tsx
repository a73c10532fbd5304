"use client";
import { AlertDialog as Primitive } from "radix-ui";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { overlayClass } from "./dialog.tsx";

/**
 * Asks before something that cannot be taken back. `onConfirm` may be async: the window stays, busy, until it is done,
 * and stays open when it throws. `confirmText`, when given, must be typed first.
 */
export const ConfirmDialog = ({
  open,
  onOpenChange,
  title,
  description,
  confirmLabel,
  confirmText,
  destructive = true,
  onConfirm,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description: ReactNode;
  confirmLabel: string;
  confirmText?: string;
  destructive?: boolean;
  onConfirm: () => unknown;
  children?: ReactNode;
}) => {
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState("");
  const change = (next: boolean) => {
    if (busy) return;
    setTyped("");
    onOpenChange(next);
  };
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      setTyped("");
      onOpenChange(false);
    } catch {
      // The caller has shown the error; the window stays so that nothing typed is lost.
    } finally {
      setBusy(false);
    }
  };
  return (
    <Primitive.Root open={open} onOpenChange={change}>
      <Primitive.Portal>
        <Primitive.Overlay className={overlayClass} />
        <Primitive.Content className="fixed top-[16vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 rounded-xl border bg-popover p-5 text-popover-foreground shadow-lg data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98">
          <Primitive.Title className="font-semibold text-lg">{title}</Primitive.Title>
          <Primitive.Description className="mt-1 text-muted-foreground text-sm">{description}</Primitive.Description>
          {children}
          {confirmText ? (
            <label className="mt-4 grid gap-1.5 text-sm">
              <span>
                Type <strong className="font-mono">{confirmText}</strong> to confirm
              </span>
              <input
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoComplete="off"
                spellCheck={false}
                className="h-8 rounded-md border border-input bg-card px-2.5"
              />
            </label>
          ) : null}
          <div className="mt-5 flex justify-end gap-2">
            <Primitive.Cancel asChild>
              <Button disabled={busy}>Keep</Button>
            </Primitive.Cancel>
            <Button
              variant={destructive ? "destructive" : "primary"}
              busy={busy}
              disabled={confirmText !== undefined && typed !== confirmText}
              onClick={confirm}
            >
              {confirmLabel}
            </Button>
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
};
