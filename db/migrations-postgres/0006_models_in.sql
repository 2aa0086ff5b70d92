CREATE TABLE "candidate_call" (
	"candidate_id" text PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"sent" text NOT NULL,
	"server_model" text,
	"fingerprint" text,
	"finish_reason" text,
	"prompt_tokens" bigint,
	"tokens" bigint,
	"cost" double precision
);
--> statement-breakpoint
CREATE TABLE "model_address" (
	"model_id" text PRIMARY KEY NOT NULL,
	"base_url" text NOT NULL,
	"server_model" text NOT NULL,
	"asks" text NOT NULL,
	"several_per_call" smallint NOT NULL,
	"extra" text NOT NULL,
	"prompt_price" double precision,
	"answer_price" double precision,
	"parallel" bigint NOT NULL,
	"time_limit_ms" bigint NOT NULL,
	"template" text,
	"sealed_key" text,
	"key_variable" text,
	CONSTRAINT "model_address_asks" CHECK (asks in ('chat', 'completion', 'classify', 'get_reward')),
	CONSTRAINT "model_address_parallel" CHECK (parallel >= 1 and time_limit_ms >= 1),
	CONSTRAINT "model_address_key" CHECK (sealed_key is null or key_variable is null)
);
--> statement-breakpoint
CREATE TABLE "model_download" (
	"model_id" text PRIMARY KEY NOT NULL,
	"repository" text NOT NULL,
	"revision" text NOT NULL,
	"commit" text,
	"bytes_done" bigint DEFAULT 0 NOT NULL,
	"bytes_total" bigint,
	"finished_at" bigint
);
--> statement-breakpoint
ALTER TABLE "job" DROP CONSTRAINT "job_kind_known";--> statement-breakpoint
ALTER TABLE "model" DROP CONSTRAINT "model_origin";--> statement-breakpoint
ALTER TABLE "model" ALTER COLUMN "parameters" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "model" ALTER COLUMN "context" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "model" ADD COLUMN "bits" bigint DEFAULT 32 NOT NULL;--> statement-breakpoint
ALTER TABLE "model" ADD COLUMN "archived_at" bigint;--> statement-breakpoint
ALTER TABLE "candidate_call" ADD CONSTRAINT "candidate_call_candidate_id_candidate_id_fk" FOREIGN KEY ("candidate_id") REFERENCES "public"."candidate"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_address" ADD CONSTRAINT "model_address_model_id_model_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."model"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_download" ADD CONSTRAINT "model_download_model_id_model_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."model"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_kind_known" CHECK (kind in ('generate', 'try', 'train', 'score', 'judge', 'download'));--> statement-breakpoint
ALTER TABLE "model" ADD CONSTRAINT "model_bits" CHECK (bits in (32, 8, 4));--> statement-breakpoint
ALTER TABLE "model" ADD CONSTRAINT "model_origin" CHECK (origin in ('shipped', 'trained', 'folder', 'hub', 'address'));