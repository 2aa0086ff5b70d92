// For the pages' server side, which has no database of its own: which projects there are for whoever asks.
import { openDatabase } from "../../db/client.ts";
import type { Visitor } from "../context.ts";
import { listProjects } from "../project/projects.ts";
import type { Project } from "../vocabulary/shapes.ts";

export const projectsOf = (actor: Visitor): Promise<Project[]> => listProjects({ db: openDatabase(), actor });
