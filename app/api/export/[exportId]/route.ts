import { NextResponse, type NextRequest } from "next/server";
import { backend } from "@/app/_server/backend";
import { readAddresses, webOrigin } from "@/app/_server/config";
import { joined } from "@/app/_server/joined";
import { ownRoute } from "@/app/_server/request";
import { readSessionToken } from "@/app/_server/session-cookie";
import { api } from "@/convex/_generated/api";
import { readError } from "@/lib/errors";

/**
 * The file of an export, for the owner who made it: by their session's cookie, so that no address is worth anything to
 * somebody else. A form of the settings sends this. What cannot be had leads back there.
 */
export async function POST(
  request: NextRequest,
  { params }: { params: Promise<{ exportId: string }> },
): Promise<NextResponse> {
  const { exportId } = await params;
  return await ownRoute(request, async () => {
    const sessionToken = await readSessionToken();
    if (sessionToken === null) return toSettings(request);
    const own = { sessionToken, exportId };
    try {
      const { parts, bytes, startedAt } = await backend().mutation(api.exports.open, own);
      const body = joined(parts, async (number) =>
        openPart(await backend().query(api.exports.getPartUrl, { ...own, number })),
      );
      return new NextResponse(body, {
        headers: {
          "Content-Type": "application/json",
          "Content-Length": String(bytes),
          "Content-Disposition": `attachment; filename="praxtalk-export-${dayOf(startedAt)}.json"`,
          "Cache-Control": "no-store",
        },
      });
    } catch (error) {
      if (readError(error) !== null) return toSettings(request);
      throw error;
    }
  });
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const toSettings = (request: NextRequest): NextResponse =>
  NextResponse.redirect(new URL("/app/settings", webOrigin(request.headers, readAddresses())), 303);

/** The deployment names its files by its public address, which this server may not reach. */
async function openPart(url: string): Promise<ReadableStream<Uint8Array>> {
  const { convexUrl, convexInternalUrl } = readAddresses();
  const { origin, pathname, search } = new URL(url);
  const address = origin === new URL(convexUrl).origin ? convexInternalUrl + pathname + search : url;
  const response = await fetch(address, { cache: "no-store" });
  if (!response.ok || response.body === null)
    throw new Error(`A part of an export answered ${response.status}.`);
  return response.body;
}
