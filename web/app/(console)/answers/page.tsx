import type { Metadata } from "next";
import { Suspense } from "react";
import { AnswersPanel } from "../../../features/answer/answers-panel.tsx";

export const metadata: Metadata = { title: "Answers" };

const AnswersPage = () => (
  <Suspense>
    <AnswersPanel />
  </Suspense>
);
export default AnswersPage;
