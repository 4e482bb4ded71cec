"""Runs in the box: a phone that asks the coach's page on loopback; arguments are `[pair PIN] [post] PATH`."""

import http.cookiejar
import sys
import urllib.parse
import urllib.request

BASE = "http://127.0.0.1:8765"
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
*words, path = sys.argv[1:]
if "pair" in words:
    pin = words[words.index("pair") + 1]
    opener.open(f"{BASE}/pair", urllib.parse.urlencode({"pin": pin}).encode(), timeout=20).read()
request = urllib.request.Request(f"{BASE}{path}", b"" if "post" in words else None, {"Origin": BASE})
sys.stdout.buffer.write(opener.open(request, timeout=100).read())
