import hashlib
import hmac
import re
import time

# Seconds that our clock and yours may differ, and a request may take.
TOLERANCE = 300


def verify(secret, header, raw_body, now=None):
    """Whether PraxTalk sent this request, and not long ago.

    secret: the endpoint's secret, "whsec_" included
    header: the request's X-PraxTalk-Signature, or None
    raw_body: the body's bytes as they came, before any parser
    now: Unix time in seconds, the clock's without it
    """
    if not secret:
        raise ValueError("Set the secret of the webhook endpoint.")
    parts = re.split(", *", header or "")
    times = [part[2:] for part in parts if re.fullmatch("t=[0-9]{1,12}", part)]
    signatures = [part[3:] for part in parts if re.fullmatch("v1=[0-9a-f]{64}", part)]

    now = time.time() if now is None else now
    if len(times) != 1 or abs(now - int(times[0])) > TOLERANCE:
        return False

    signed = times[0].encode() + b"." + raw_body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    # While a secret is rotated, one signature is the old one's and one the new one's.
    return any(hmac.compare_digest(part, expected) for part in signatures)
