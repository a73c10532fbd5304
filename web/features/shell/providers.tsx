"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { meKeys, type Person } from "../../lib/me.ts";
import { createQueryClient } from "../../lib/query-client.ts";
import { lazyPart } from "../../ui/lazy-part.tsx";
import { useToastsAsked } from "../../ui/toast.ts";

// Without toasts the console still works, so a failed load of theirs must not take the page down.
const Toasts = lazyPart(() =>
  import("./toasts.tsx").then(
    (module) => module.Toasts,
    () => () => null,
  ),
);

/** What signed-in pages share: queries (already knowing who asks), URL state, toasts. */
export const Providers = ({ me, children }: { me?: Person; children: ReactNode }) => {
  const [client] = useState(() => {
    const made = createQueryClient();
    if (me) made.setQueryData(meKeys.all, me);
    return made;
  });
  const hasToasts = useToastsAsked();
  return (
    <QueryClientProvider client={client}>
      {children}
      {hasToasts ? <Toasts /> : null}
    </QueryClientProvider>
  );
};
