import { TaskId } from "@samla/contracts";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { TaskPage } from "../../../../../../features/agents/task-page.tsx";

const TaskPageRoute = async ({ params }: { params: Promise<{ agent: string; taskId: string }> }) => {
  const { agent, taskId } = await params;
  const id = TaskId.safeParse(taskId);
  if (!id.success) notFound();
  return (
    <Suspense>
      <TaskPage agent={agent} taskId={id.data} />
    </Suspense>
  );
};
export default TaskPageRoute;
