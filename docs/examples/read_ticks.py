"""Prints each tick on the bus. Arguments: host and port of Redis."""
import json, socket, sys

redis = socket.create_connection((sys.argv[1], int(sys.argv[2]))).makefile("rwb")

def reply():
    line = redis.readline()
    if line[:1] == b"*":
        return [reply() for _ in range(int(line[1:]))]
    return redis.read(int(line[1:]) + 2)[:-2].decode() if line[:1] == b"$" else line[1:-2].decode()

redis.write(b"SUBSCRIBE deskgraph:bus:v1:ticks\r\n")
redis.flush()
print("subscribed", reply()[1], flush=True)
while True:
    kind, channel, text = reply()
    tick = json.loads(text).get("value")
    if tick:
        print(tick["gateway"], tick["symbol"], tick["last"], "stale" if tick.get("stale") else "", flush=True)
