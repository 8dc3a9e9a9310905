"use node";

/**
 * A fetch that reaches public addresses, and private ones that the settings open: the address that was checked is the one
 * that is called. Follows no redirect. For the model's client, which takes a fetch.
 */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { RequestOptions } from "node:https";
import { isIP } from "node:net";
import type { LookupFunction, TcpNetConnectOpts } from "node:net";
import { Readable } from "node:stream";
import type { Cidr } from "../logic/addressSafety";
import { mayReach } from "../logic/webhookUrl";
import { dnsResolver } from "../webhookExchange/resolve";

const DNS_MS = 3_000;

/** `allowedCidrs`: ranges of private addresses that may be called too. */
export function pinnedFetch(allowedCidrs: readonly Cidr[]): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const addresses = isIP(host) === 0 ? await dnsResolver()(host, AbortSignal.timeout(DNS_MS)) : [host];
    if (!mayReach(url, addresses, allowedCidrs)) {
      throw new Error(`${url.host} is no address that a model may have.`);
    }
    return await call(url, request, addresses);
  };
}

async function call(url: URL, request: Request, addresses: readonly string[]): Promise<Response> {
  const body = Buffer.from(await request.arrayBuffer());
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_hostname, _options, callback) => callback(null, found);
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return await new Promise((resolve, reject) => {
    const options: RequestOptions & Pick<TcpNetConnectOpts, "autoSelectFamily"> = {
      method: request.method,
      headers: { ...Object.fromEntries(request.headers), "content-length": String(body.length) },
      lookup,
      autoSelectFamily: true,
      agent: false,
      signal: request.signal,
    };
    const outgoing = send(url, options, (incoming) => {
      const { statusCode = 500, statusMessage = "" } = incoming;
      const headers = new Headers();
      for (const [name, value] of Object.entries(incoming.headers)) {
        if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
      }
      const isEmpty = statusCode === 204 || statusCode === 304;
      // Node's and the DOM's streams are one thing with two types.
      const stream = Readable.toWeb(incoming) as ReadableStream<Uint8Array>;
      resolve(
        new Response(isEmpty ? null : stream, { status: statusCode, statusText: statusMessage, headers }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
