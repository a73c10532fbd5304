"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { firstRectOf, type Page, RectOverlay, type Rects } from "./rects.tsx";

/** A picture with the passage's lines marked. Falls back to the text where the browser cannot draw the format. */
export const ImageSource = ({
  url,
  name,
  pages,
  rects,
  focusKey,
  zoom,
  fallback,
}: {
  url: string;
  name: string;
  pages: readonly Page[];
  rects: Rects;
  focusKey: string;
  zoom: number;
  isPlaced: boolean;
  fallback: ReactNode;
}) => {
  const scroller = useRef<HTMLElement>(null);
  const [natural, setNatural] = useState<{ width: number; height: number }>();
  const [failed, setFailed] = useState(false);
  const page = pages[0];
  const width = page?.width ?? natural?.width;
  const height = page?.height ?? natural?.height;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the passage changes
  useEffect(() => {
    const element = scroller.current;
    const picture = element?.querySelector("img");
    const target = firstRectOf(rects);
    if (!element || !picture || !target || !height || !natural) return;
    const top = picture.offsetTop + (target.top / height) * picture.clientHeight;
    element.scrollTo({ top: Math.max(0, top - element.clientHeight * 0.3) });
  }, [focusKey, natural]);
  if (failed) return fallback;
  return (
    <section
      ref={scroller}
      aria-label={`Picture ${name}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="h-full overflow-auto bg-muted p-4 focus-visible:outline-offset-[-2px]"
    >
      <div className="relative mx-auto w-fit shadow-sm" style={{ width: zoom === 1 ? undefined : `${zoom * 100}%` }}>
        {/* biome-ignore lint/performance/noImgElement: a presigned, short-lived address must not pass through an optimiser */}
        <img
          src={url}
          alt={name}
          width={width}
          height={height}
          className="block h-auto w-full max-w-none bg-white"
          onLoad={({ currentTarget }) =>
            setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
          }
          onError={() => setFailed(true)}
        />
        {width && height ? <RectOverlay page={1} width={width} height={height} rects={rects} /> : null}
      </div>
    </section>
  );
};
