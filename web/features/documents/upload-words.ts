import { formatBytes } from "@samla/contracts/plain";
import type { UploadItem } from "./upload-item.ts";
import { formatSeconds, type speedOf, type UploadTotals } from "./upload-totals.ts";

/** One line about an upload. */
export const describeUpload = (item: UploadItem): string => {
  const size = formatBytes(item.sizeBytes);
  if (item.paused) return `Paused at ${formatBytes(item.sentBytes)} of ${size}`;
  switch (item.phase) {
    case "waiting":
      return `${size}, waiting`;
    case "hashing":
      return item.hashedBytes > 0 ? `Checking, ${formatBytes(item.hashedBytes)} of ${size}` : "Checking";
    case "announcing":
      return `${size}, starting`;
    case "asking":
      return item.matches?.some((match) => match.reason === "same-bytes")
        ? "The same file is here already"
        : "A file of this name is here already";
    case "sending":
      return `${formatBytes(item.sentBytes)} of ${size}`;
    case "finishing":
      return `${size}, joining the parts`;
    case "sent":
      return `${size}, uploaded`;
    case "stored":
      return `${size}, was here already, nothing sent`;
    case "skipped":
      return "Skipped";
    case "cancelled":
      return "Cancelled";
    case "missing":
      return "Add this file again to go on where it stopped";
    case "failed":
    case "refused":
      return item.problem?.detail ?? "It could not be uploaded.";
  }
};

/** The queue in a few words. */
export const describeTotals = (totals: UploadTotals): string => {
  if (totals.pending > 0) return `Uploading ${totals.done} of ${totals.files - totals.refused}`;
  if (totals.paused > 0) return `Paused, ${totals.done} of ${totals.files - totals.refused} uploaded`;
  if (totals.asking > 0) return "Waiting for your decision";
  if (totals.done === 0 && totals.failed + totals.refused > 0)
    return `${totals.failed + totals.refused} could not be uploaded`;
  if (totals.failed > 0 || totals.refused > 0) return `${totals.done} uploaded, ${totals.failed + totals.refused} not`;
  if (totals.missing > 0) return "Some files are needed again";
  return `${totals.done} uploaded`;
};

/** "3.2 MB/s, 40 s left"; empty until known. */
export const describeSpeed = (speed: ReturnType<typeof speedOf>): string => {
  if (!speed) return "";
  const left = speed.secondsLeft === undefined ? "" : `, ${formatSeconds(speed.secondsLeft)} left`;
  return `${formatBytes(Math.round(speed.bytesPerSecond))}/s${left}`;
};
