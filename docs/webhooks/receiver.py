import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from verify import verify

SECRET = os.environ["PRAXTALK_WEBHOOK_SECRET"]
BODY_MAX = 256 * 1024
# Ids of events that are done. Yours is a table with a unique index.
done = set()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(self.receive())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def receive(self):
        length = int(self.headers.get("Content-Length", "0"))
        if not 0 <= length <= BODY_MAX:
            return 413
        raw_body = self.rfile.read(length)
        if not verify(SECRET, self.headers.get("X-PraxTalk-Signature"), raw_body):
            return 401
        event = json.loads(raw_body)
        # An event may come more than once; its id is the same each time.
        if event["id"] not in done:
            print(event["type"], event["id"], flush=True)
            done.add(event["id"])
        return 200

    def log_message(self, *_):
        """Says nothing about each request."""


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 4000))), Receiver)
print(f"Receiving at http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
