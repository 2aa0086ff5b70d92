ALTER TABLE "data_source" DROP CONSTRAINT "data_source_counts";--> statement-breakpoint
ALTER TABLE "ranking" DROP CONSTRAINT "ranking_assignment_id_assignment_id_fk";
--> statement-breakpoint
ALTER TABLE "comparison" ALTER COLUMN "created_by" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "ranking" ALTER COLUMN "assignment_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "ranking" ALTER COLUMN "labeler_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "candidate" ADD COLUMN "external_id" text;--> statement-breakpoint
ALTER TABLE "candidate" ADD COLUMN "external_author" text;--> statement-breakpoint
ALTER TABLE "comparison" ADD COLUMN "source_id" text;--> statement-breakpoint
ALTER TABLE "comparison" ADD COLUMN "import_key" text;--> statement-breakpoint
ALTER TABLE "data_source" ADD COLUMN "comparisons" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "data_source" ADD COLUMN "rankings" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "ranking" ADD COLUMN "source_id" text;--> statement-breakpoint
ALTER TABLE "ranking" ADD COLUMN "external_id" text;--> statement-breakpoint
ALTER TABLE "ranking" ADD COLUMN "external_labeler" text;--> statement-breakpoint
ALTER TABLE "ranking" ADD COLUMN "import_key" text;--> statement-breakpoint
ALTER TABLE "comparison" ADD CONSTRAINT "comparison_source_id_data_source_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."data_source"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ranking" ADD CONSTRAINT "ranking_source_id_data_source_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."data_source"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ranking" ADD CONSTRAINT "ranking_assignment_id_assignment_id_fk" FOREIGN KEY ("assignment_id") REFERENCES "public"."assignment"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "candidate_source" ON "candidate" USING btree ("source_id") WHERE source_id is not null;--> statement-breakpoint
CREATE INDEX "comparison_source" ON "comparison" USING btree ("source_id") WHERE source_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "comparison_imported_once" ON "comparison" USING btree ("project_id","import_key") WHERE import_key is not null;--> statement-breakpoint
CREATE INDEX "ranking_source" ON "ranking" USING btree ("source_id") WHERE source_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ranking_imported_once" ON "ranking" USING btree ("project_id","import_key") WHERE import_key is not null;--> statement-breakpoint
ALTER TABLE "candidate" ADD CONSTRAINT "candidate_imported" CHECK (source_id is not null or (external_id is null and external_author is null));--> statement-breakpoint
ALTER TABLE "comparison" ADD CONSTRAINT "comparison_imported" CHECK ((source_id is null) = (created_by is not null) and (source_id is null) = (import_key is null));--> statement-breakpoint
ALTER TABLE "data_source" ADD CONSTRAINT "data_source_counts" CHECK (prompts >= 0 and demonstrations >= 0 and comparisons >= 0 and rankings >= 0 and left_out <= "rows");--> statement-breakpoint
ALTER TABLE "ranking" ADD CONSTRAINT "ranking_ranked" CHECK ((source_id is null) = (assignment_id is not null) and (source_id is null) = (labeler_id is not null));--> statement-breakpoint
ALTER TABLE "ranking" ADD CONSTRAINT "ranking_imported" CHECK ((source_id is null) = (import_key is null) and (source_id is null or version = 1));