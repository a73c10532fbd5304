"use client";
import { queryViews } from "@samla/contracts/plain";
import {
  debounce,
  parseAsBoolean,
  parseAsNumberLiteral,
  parseAsString,
  parseAsStringLiteral,
  useQueryStates,
} from "nuqs";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "../../ui/tabs.tsx";
import { QueryLog } from "./query-log.tsx";
import { ReportView } from "./report-view.tsx";

const parts = ["report", "log"] as const;
export const reportDays = [1, 7, 30, 90] as const;

/** What people search for in an index: a report, and every search behind it. */
export const QueriesPanel = ({ slug }: { slug: string }) => {
  const [state, setState] = useQueryStates({
    part: parseAsStringLiteral(parts).withDefault("report"),
    days: parseAsNumberLiteral(reportDays).withDefault(7),
    view: parseAsStringLiteral(queryViews).withDefault("recent"),
    q: parseAsString.withDefault("").withOptions({ limitUrlUpdates: debounce(300) }),
    typed: parseAsBoolean.withDefault(false),
  });
  return (
    <Tabs
      value={state.part}
      onValueChange={(part) => void setState({ part: part === "log" ? "log" : null }, { history: "push" })}
    >
      <TabsList aria-label="Queries">
        <TabsTrigger value="report">Report</TabsTrigger>
        <TabsTrigger value="log">Log</TabsTrigger>
      </TabsList>
      <TabsContent value="report">
        <ReportView
          slug={slug}
          days={state.days}
          onDays={(days) => void setState({ days })}
          onText={(q, view) => void setState({ part: "log", q, view }, { history: "push" })}
        />
      </TabsContent>
      <TabsContent value="log">
        <QueryLog
          slug={slug}
          view={state.view}
          q={state.q}
          typed={state.typed}
          onChange={(change) => void setState(change)}
        />
      </TabsContent>
    </Tabs>
  );
};
