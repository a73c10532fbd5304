import { Suspense } from "react";
import { TasksPanel } from "../../../../../features/agents/tasks-panel.tsx";

const TasksRoute = async ({ params }: { params: Promise<{ agent: string }> }) => (
  <Suspense>
    <TasksPanel agent={(await params).agent} />
  </Suspense>
);
export default TasksRoute;
