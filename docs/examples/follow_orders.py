"""Bars and order events with nothing but Python 3.9 and its standard library. Prints a line of JSON for each thing it gets.

    python3 docs/examples/follow_orders.py [SERVER] [ACCOUNT] [EVENTS]

SERVER is http://127.0.0.1:8010 and ACCOUNT is paper by default; it ends after EVENTS order events, else never.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import time
from typing import Any, Iterator
from urllib.parse import urlsplit

BARS = """
query ($code: String!, $start: Date!, $end: Date!) {
  bars(code: $code, start: $start, end: $end) { bars { date close } }
}
"""

# BEGINNING: the events that are kept, then the new ones. SNAPSHOT, the default, begins with the orders as they stand.
ORDER_EVENTS = """
subscription ($accountCookie: String!) {
  orderEvents(accountCookie: $accountCookie, startAt: BEGINNING) {
    __typename
    ... on OrderEvent { cursor seq kind order { ...FollowedOrder } fill { price volume } }
    ... on OrderSnapshot { cursor orders { ...FollowedOrder } }
    ... on StreamGap { reason }
  }
}
fragment FollowedOrder on Order { id orderId status filledVolume }
"""

# The server says something every 12 seconds, be it a comment. A connection that is silent for longer is lost.
SILENCE_SECONDS = 30
LONGEST_WAIT_SECONDS = 10.0

# What a new subscription helps against; every other error would only come again.
PASSING_ERRORS = {"SLOW_CONSUMER", "SHUTTING_DOWN", "OVERLOADED"}


class Refused(Exception):
    """The server answered with an error that asking again does not change."""


class Interrupted(Exception):
    """The server ended the stream, but not for good."""


def post(server: str, query: str, variables: dict[str, Any], headers: dict[str, str]) -> http.client.HTTPResponse:
    address = urlsplit(server)
    secure = address.scheme == "https"
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(
        address.netloc, timeout=SILENCE_SECONDS
    )
    body = json.dumps({"query": query, "variables": variables})
    connection.request("POST", "/graphql", body, {"content-type": "application/json", **headers})
    return connection.getresponse()


def data_of(result: dict[str, Any]) -> dict[str, Any]:
    errors = result.get("errors")
    if not errors:
        return result["data"]
    # A status below 500 does not mean success: GraphQL puts its errors into the answer.
    failure = Interrupted if errors[0].get("extensions", {}).get("code") in PASSING_ERRORS else Refused
    raise failure(errors[0]["message"])


def ask(server: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    with post(server, query, variables, {"accept": "application/json"}) as response:
        return data_of(json.load(response))


def read_events(response: http.client.HTTPResponse) -> Iterator[dict[str, str]]:
    """Server-sent events. What is cut off in the middle, without an empty line behind it, is none."""
    fields: dict[str, str] = {}
    for line in response:
        name, _, value = line.decode().rstrip("\r\n").partition(":")
        if name:
            fields[name] = value[1:] if value.startswith(" ") else value
        elif fields:  # An empty line ends an event; one that begins with a colon is a comment.
            yield fields
            fields = {}


def follow(server: str, query: str, variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The results of a lossless subscription until the server says `complete`, over as many connections as it takes."""
    last_event_id = ""
    losses = 0
    while True:
        headers = {"accept": "text/event-stream"}
        if last_event_id:
            headers["last-event-id"] = last_event_id
        try:
            with post(server, query, variables, headers) as response:
                if response.status >= 500 or response.status == 429:
                    raise Interrupted(f"status {response.status}")
                if response.status != 200:
                    raise Refused(f"status {response.status}: {response.read(1000).decode(errors='replace')}")
                for event in read_events(response):
                    if event.get("event") == "complete":
                        return
                    if event.get("event") != "next":
                        continue  # `retry:` alone, for one, of a server that stops.
                    yield data_of(json.loads(event["data"]))
                    # Only now is it dealt with.
                    last_event_id = event.get("id", last_event_id)
                    losses = 0
        except (OSError, http.client.HTTPException, Interrupted) as loss:
            print(f"lost the connection: {loss!r}", file=sys.stderr)
        time.sleep(min(0.25 * 2**losses, LONGEST_WAIT_SECONDS) * random.uniform(0.5, 1))
        losses += 1


def main(server: str = "http://127.0.0.1:8010", account: str = "paper", events: str = "inf") -> None:
    bars = ask(server, BARS, {"code": "510300.SH", "start": "2024-01-02", "end": "2024-01-04"})["bars"]
    show({"bars": bars["bars"]})

    orders: dict[str, dict[str, Any]] = {}
    last_seq = 0
    count = 0
    for data in follow(server, ORDER_EVENTS, {"accountCookie": account}):
        item = data["orderEvents"]
        if item["__typename"] == "OrderEvent":
            if item["seq"] <= last_seq:
                continue
            last_seq = item["seq"]
            orders[item["order"]["orderId"]] = item["order"]
            count += 1
        elif item["__typename"] == "OrderSnapshot":
            orders = {order["orderId"]: order for order in item["orders"]}
        elif item["__typename"] == "StreamGap":
            last_seq = 0  # Numbers may begin anew behind a gap; the snapshot that follows replaces the orders.
        show({"order": item})
        if count >= float(events):
            return


def show(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:4])
    except KeyboardInterrupt:
        pass
    except (Refused, Interrupted, http.client.HTTPException, OSError, ValueError) as error:
        sys.exit(f"{error}")
