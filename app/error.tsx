"use client";
// A page that broke while rendering: the rest of the application stays.
import { Button } from "./ui/button.tsx";

export default function PageError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <div role="alert" className="flex max-w-5xl flex-col items-start gap-3 px-4 py-12">
      <h1 className="font-semibold text-xl">This page broke</h1>
      <p className="max-w-prose text-muted">
        What you saved is safe. Try again; if it breaks again, reload the page and tell whoever runs this server.
      </p>
      <Button kind="primary" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}
