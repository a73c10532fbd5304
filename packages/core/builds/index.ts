export { cancelBuild, pauseBuild, resumeBuild, retryBuild } from "./change-fill.ts";
export { createBuild } from "./create-build.ts";
export { handleFillMessage } from "./handle-fill-message.ts";
export { planBuild } from "./plan-build.ts";
export type { PrepareContext } from "./prepare-document.ts";
export { planPromotion, promoteBuild, rollBackIndex } from "./promote.ts";
export { getBuild, listBuildDocuments, listBuilds, listPromotions } from "./read-builds.ts";
export { applyRetention, deleteBuild } from "./retention.ts";
export { sweepBuilds } from "./sweep-builds.ts";
