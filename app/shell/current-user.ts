// Who asks for this page, looked up once for layout and page together.
import { headers } from "next/headers";
import { cache } from "react";
import { actorOf } from "../../lib/api/auth.ts";
import type { User } from "../../lib/vocabulary/shapes.ts";

/** null: nobody is signed in, or the session has ended. */
export const currentUser: () => Promise<User | null> = cache(async () => actorOf(await headers()));
