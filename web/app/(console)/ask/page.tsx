import type { Metadata } from "next";
import { AskPanel } from "../../../features/answer/ask-panel.tsx";

export const metadata: Metadata = { title: "Ask" };

const AskPage = () => <AskPanel />;
export default AskPage;
