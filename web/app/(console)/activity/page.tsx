import type { Metadata } from "next";
import { Suspense } from "react";
import { ActivityScreen } from "./activity-screen.tsx";

export const metadata: Metadata = { title: "Activity" };

const ActivityPage = () => (
  <Suspense>
    <ActivityScreen />
  </Suspense>
);
export default ActivityPage;
