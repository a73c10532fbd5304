import {
  cancelBuild,
  createBuild,
  deleteBuild,
  getBuild,
  listBuildDocuments,
  listBuilds,
  listPromotions,
  pauseBuild,
  planBuild,
  planPromotion,
  promoteBuild,
  resumeBuild,
  retryBuild,
  rollBackIndex,
} from "@samla/core/builds";
import { withEngineByWords } from "../runtime/engine.ts";
import { createHttpHandler } from "../runtime/http.ts";

export const handler = createHttpHandler({
  "builds.list": async (ctx, input) => listBuilds(await withEngineByWords(ctx), input),
  "builds.plan": async (ctx, input) => planBuild(await withEngineByWords(ctx), input),
  "builds.create": async (ctx, input) => createBuild(await withEngineByWords(ctx), input),
  "builds.get": async (ctx, input) => getBuild(await withEngineByWords(ctx), input),
  "builds.documents": listBuildDocuments,
  "builds.pause": pauseBuild,
  "builds.resume": resumeBuild,
  "builds.cancel": async (ctx, input) => cancelBuild(await withEngineByWords(ctx), input),
  "builds.retry": retryBuild,
  "builds.delete": async (ctx, input) => deleteBuild(await withEngineByWords(ctx), input),
  "builds.promotion": async (ctx, input) => planPromotion(await withEngineByWords(ctx), input),
  "builds.promote": promoteBuild,
  "indexes.rollBack": rollBackIndex,
  "indexes.promotions": listPromotions,
});
