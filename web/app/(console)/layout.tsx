import type { ReactNode } from "react";
import { AppShell } from "../../features/shell/app-shell.tsx";

const ConsoleLayout = ({ children }: { children: ReactNode }) => <AppShell>{children}</AppShell>;
export default ConsoleLayout;
