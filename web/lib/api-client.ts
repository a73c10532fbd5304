import { createClient } from "@samla/contracts";
import { csrfHeader, csrfValue } from "./csrf.ts";

/** The client of the BFF with all schemas: a module of its own, so that the first page is drawn before it is loaded. */
export const client = createClient({ baseUrl: "/api/v1", headers: () => ({ [csrfHeader]: csrfValue }) });
