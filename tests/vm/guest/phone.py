"""A phone in the hotspot: what its argument says, as JSON, for the tests on the other side.

`lookup NAME` asks everybody near by for a name, as phones do (mDNS). `ask` reads requests from the standard input, a
JSON list of {"host", "path"} with "form" for a POST, "at" for another address than the host's, and keeps cookies.
"""

import http.client
import json
import socket
import struct
import sys
import urllib.parse
from typing import Any

PATIENCE_S = 120
GROUP = ("224.0.0.251", 5353)


def lookup(name: str, own: str) -> str:
    """The address that somebody answers; asked again and again, since radio loses what is sent to all."""
    labels = b"".join(struct.pack("B", len(part)) + part.encode() for part in name.split("."))
    question = struct.pack("!6H", 0, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
    line.settimeout(2)
    for _ in range(PATIENCE_S // 2):
        line.sendto(question, GROUP)
        try:
            answer = line.recv(1500)
        except TimeoutError:
            continue
        if struct.unpack("!H", answer[6:8])[0]:
            return socket.inet_ntoa(answer[-4:])
    return ""


def ask_all(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Status, where to, cookies set and text of each; one cookie jar for all."""
    jar: dict[str, str] = {}
    told = []
    for request in requests:
        host = request["host"]
        line = http.client.HTTPConnection(request.get("at", host), timeout=PATIENCE_S)
        headers = {"Host": host, "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        body = None
        if "form" in request:
            body = urllib.parse.urlencode(request["form"])
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}"}
        line.request("GET" if body is None else "POST", request["path"], body, headers)
        answer = line.getresponse()
        set_now = answer.headers.get_all("set-cookie") or []
        for each in set_now:
            name, _, value = each.partition(";")[0].partition("=")
            jar[name] = value
        told.append(
            {
                "status": answer.status,
                "location": answer.getheader("location") or "",
                "cookies": len(set_now),
                "text": answer.read().decode(),
            }
        )
        line.close()
    return told


if sys.argv[1] == "lookup":
    print(lookup(*sys.argv[2:]))
else:
    print(json.dumps(ask_all(json.load(sys.stdin))))
