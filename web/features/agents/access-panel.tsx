"use client";
import { type Permission, rolePermissions, roles } from "@samla/contracts/plain";
import { useQuery } from "@tanstack/react-query";
import { Check, Lock, LockOpen, Minus } from "lucide-react";
import { useMe } from "../../lib/me.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Part } from "./parts.tsx";
import { agentOptions } from "./queries.ts";

const acts: readonly { permission: Permission; label: string }[] = [
  { permission: "search", label: "Ask it, with one's own rights to documents" },
  { permission: "agents.read", label: "See agents, releases, tasks, metrics and images" },
  { permission: "agents.logs", label: "Read logs" },
  { permission: "agents.release", label: "Propose and execute releases" },
  { permission: "agents.rollBack", label: "Stop a release, roll back, unpin" },
  { permission: "agents.scale", label: "Restart, scale, pause and resume, stop a task" },
  { permission: "images.waive", label: "Waive findings" },
  { permission: "agents.protect", label: "Protect it, or take the protection off" },
];

/** Who may do what with the agent, and how it is reached. */
export const AccessPanel = ({ agent }: { agent: string }) => {
  const { data } = useQuery(agentOptions(agent));
  const { data: me } = useMe();
  if (!data) return <Skeleton className="h-48 w-full rounded-lg" />;
  return (
    <div className="grid gap-6">
      <Part title="Protection">
        <p className="flex items-start gap-2 text-sm">
          {data.protected ? (
            <>
              <Lock className="mt-0.5 size-4 shrink-0 text-success" aria-hidden /> It is protected: every act asks for
              its name.
            </>
          ) : (
            <>
              <LockOpen className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden /> It is not protected:
              acts ask for a reason only.
            </>
          )}
        </p>
      </Part>
      <Part title="Roles">
        <div className="overflow-x-auto rounded-lg border bg-card">
          <table className="w-full border-collapse text-sm">
            <thead className="text-muted-foreground text-xs">
              <tr>
                <th scope="col" className="h-8 border-b px-3 text-left font-medium">
                  May
                </th>
                {roles.map((role) => (
                  <th key={role} scope="col" className="h-8 border-b px-3 text-center font-medium capitalize">
                    {role}
                    {me?.roles.includes(role) ? (
                      <span className="block text-2xs text-primary normal-case">you</span>
                    ) : null}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {acts.map(({ permission, label }) => (
                <tr key={permission} className="border-b last:border-b-0">
                  <th scope="row" className="px-3 py-2 text-left font-normal">
                    {label}
                  </th>
                  {roles.map((role) => {
                    const may = rolePermissions[role].includes(permission);
                    const Icon = may ? Check : Minus;
                    return (
                      <td key={role} className="px-3 text-center">
                        <Icon
                          role="img"
                          aria-label={may ? "yes" : "no"}
                          className={may ? "inline size-4 text-success" : "inline size-4 text-muted-foreground"}
                        />
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p className="mt-2 text-muted-foreground text-xs">
          What an agent finds for a person is what that person may read; it has no rights over documents beyond its own
          credentials.
        </p>
      </Part>
      <Part title="The way in">
        <p className="text-sm">
          Only API Gateway leads to it, which asks for a sign-in and holds back too many requests:
        </p>
        <CopyableId id={data.endpoint.url} label="address" full className="-ml-1 mt-1" />
      </Part>
    </div>
  );
};
