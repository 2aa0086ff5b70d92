ALTER TABLE "candidate" ALTER COLUMN "model_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "candidate" ALTER COLUMN "temperature" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "candidate" ALTER COLUMN "top_p" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "candidate" ALTER COLUMN "max_tokens" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "candidate" ALTER COLUMN "seed" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "candidate" ADD COLUMN "author_id" text;--> statement-breakpoint
ALTER TABLE "candidate" ADD COLUMN "redraws" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "candidate" ADD CONSTRAINT "candidate_author_id_user_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "candidate" ADD CONSTRAINT "candidate_writer" CHECK ((model_id is null) <> (author_id is null));--> statement-breakpoint
ALTER TABLE "candidate" ADD CONSTRAINT "candidate_settings" CHECK (model_id is null or (temperature is not null and top_p is not null and max_tokens is not null and seed is not null));