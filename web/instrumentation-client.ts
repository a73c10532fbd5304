import { z } from "zod";

// The CSP forbids `new Function`, which zod would try for speed; said before any schema is made.
z.config({ jitless: true });
