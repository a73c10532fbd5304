"use client";
import { Dialog, DialogBody, DialogContent } from "../../ui/dialog.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { shortcutGroups } from "./keyboard.ts";

export const ShortcutsDialog = ({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) => (
  <Dialog open={open} onOpenChange={onOpenChange}>
    <DialogContent title="Keyboard shortcuts" className="max-w-md">
      <DialogBody className="grid gap-5 pb-5">
        {shortcutGroups.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1.5 font-medium text-muted-foreground text-xs">{group.title}</h3>
            <dl className="grid gap-1">
              {group.items.map((item) => (
                <div key={item.label} className="flex items-center justify-between gap-4 text-sm">
                  <dt>{item.label}</dt>
                  <dd className="flex gap-1">
                    {item.keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </DialogBody>
    </DialogContent>
  </Dialog>
);
