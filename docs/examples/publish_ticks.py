"""Publishes a tick for each line "SYMBOL PRICE" of its input. Arguments: host and port of Redis."""
import json, socket, sys, time

redis = socket.create_connection((sys.argv[1], int(sys.argv[2]))).makefile("rwb")
bus, name, epoch, counts = "deskgraph:bus:v1:", "python", str(time.time()), {}

def ask(*words):
    texts = [str(word).encode() for word in words]
    redis.write(b"*%d\r\n" % len(texts) + b"".join(b"$%d\r\n%s\r\n" % (len(text), text) for text in texts))
    redis.flush()
    return redis.readline()

for symbol, price in map(str.split, sys.stdin):
    now, counts[symbol] = time.time(), counts.get(symbol, 0) + 1
    key = json.dumps([name, symbol], separators=(",", ":"), ensure_ascii=False)
    tick = {"gateway": name, "symbol": symbol, "receivedAt": int(now * 1000), "last": float(price)}
    count = {"by": name, "epoch": epoch, "seq": counts[symbol], "at": int(now * 1000)}
    ask("ZADD", bus + "publishers", now + 4, name)
    ask("HSET", bus + "ticks", key, json.dumps({"key": key, **count, "value": tick}))
    ask("PUBLISH", bus + "ticks", json.dumps({"key": key, **count, "value": tick}))
