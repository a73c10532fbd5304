import type { Metadata } from "next";
import { AgentsScreen } from "./agents-screen.tsx";

export const metadata: Metadata = { title: "Agents" };

const AgentsRoute = () => <AgentsScreen />;
export default AgentsRoute;
