import type { Metadata } from "next";
import { Suspense } from "react";
import { AskPanel } from "../../../features/answer/ask-panel.tsx";

export const metadata: Metadata = { title: "Ask" };

const AskPage = () => (
  <Suspense>
    <AskPanel />
  </Suspense>
);
export default AskPage;
