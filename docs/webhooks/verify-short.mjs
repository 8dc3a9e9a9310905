// Each request includes:
// X-PraxTalk-Signature: t=<unix>,v1=<hmacHex>
// X-PraxTalk-Event: conversation.created | message.created | …
// Compute HMAC-SHA256 over: `${ts}.${rawBody}` with your shared secret
import crypto from "crypto";
function verify(secret, signatureHeader, rawBody) {
  const m = signatureHeader.match(/t=(\d+),v1=([a-f0-9]+)/);
  if (!m) return false;
  const expected = crypto.createHmac("sha256", secret)
    .update(`${m[1]}.${rawBody}`)
    .digest("hex");
  return crypto.timingSafeEqual(Buffer.from(m[2]), Buffer.from(expected));
}
