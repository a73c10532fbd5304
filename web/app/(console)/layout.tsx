import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { readPerson } from "../../bff/person.ts";
import { UploadDock } from "../../features/documents/upload-dock.tsx";
import { AppShell } from "../../features/shell/app-shell.tsx";
import { Providers } from "../../features/shell/providers.tsx";

const ConsoleLayout = async ({ children }: { children: ReactNode }) => {
  const person = await readPerson();
  if (person.kind === "signed-out") {
    const path = (await headers()).get("x-path") ?? "/";
    redirect(`/sign-in?${new URLSearchParams({ return_to: path, reason: "expired" })}`);
  }
  return (
    <Providers me={person.kind === "signed-in" ? person.me : undefined}>
      <AppShell>{children}</AppShell>
      <UploadDock />
    </Providers>
  );
};
export default ConsoleLayout;
