"use client";
import { queryViews } from "@samla/contracts/plain";
import { flagParam, oneOfParam, textParam, useUrlStates } from "../../lib/url-state.ts";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "../../ui/tabs.tsx";
import { QueryLog } from "./query-log.tsx";
import { ReportView } from "./report-view.tsx";

const parts = ["report", "log"] as const;
export const reportDays = [1, 7, 30, 90] as const;

/** What people search for in an index: a report, and every search behind it. */
export const QueriesPanel = ({ slug }: { slug: string }) => {
  const [state, setState] = useUrlStates({
    part: oneOfParam(parts).withDefault("report"),
    days: oneOfParam(reportDays).withDefault(7),
    view: oneOfParam(queryViews).withDefault("recent"),
    q: textParam.whileTyping().withDefault(""),
    typed: flagParam.withDefault(false),
  });
  return (
    <Tabs
      value={state.part}
      onValueChange={(part) => setState({ part: part === "log" ? "log" : null }, { history: "push" })}
    >
      <TabsList aria-label="Queries">
        <TabsTrigger value="report">Report</TabsTrigger>
        <TabsTrigger value="log">Log</TabsTrigger>
      </TabsList>
      <TabsContent value="report">
        <ReportView
          slug={slug}
          days={state.days}
          onDays={(days) => setState({ days })}
          onText={(q, view) => setState({ part: "log", q, view }, { history: "push" })}
        />
      </TabsContent>
      <TabsContent value="log">
        <QueryLog
          slug={slug}
          view={state.view}
          q={state.q}
          typed={state.typed}
          onChange={(change) => setState(change)}
        />
      </TabsContent>
    </Tabs>
  );
};
