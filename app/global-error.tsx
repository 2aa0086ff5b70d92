"use client";
// The root layout itself broke (the database cannot be opened, say): a page that needs nothing of ours.

export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: "system-ui, sans-serif", padding: "3rem", colorScheme: "light dark" }}>
        <h1>Rankloop cannot show this page</h1>
        <p>The server ran into a problem it could not get past. Try again, or look at its log.</p>
        <button type="button" onClick={retry}>
          Try again
        </button>
      </body>
    </html>
  );
}
