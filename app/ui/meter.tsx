// How much of something is done, as a bar. The figures beside it say the same in words.

/** @param share of 1; what is beyond is cut off */
export function Meter({ label, share }: { label: string; share: number }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 overflow-hidden rounded-sm bg-sunken"
    >
      <div className="forced-color-adjust-none h-full bg-accent" style={{ width: `${percent}%` }} />
    </div>
  );
}
