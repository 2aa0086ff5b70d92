/** @type {import("next").NextConfig} */
export default {
  serverExternalPackages: ["better-sqlite3"],
  // `npm run types` checks them: Next's own check needs a compiler API that TypeScript 7 does not have.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // There are no pictures: without this Next answers strangers who ask it to shrink some.
  images: { unoptimized: true },
};
