"""Checks with the published Python client, which bundles the C++ client.

Arguments: name server address, run id. Prints TAP.
"""

import os
import sys
import threading
import time
import traceback

from rocketmq.client import Message, Producer, PushConsumer, SendStatus

NAME_SERVER, RUN = sys.argv[1:3]
TOPIC = f"python-{RUN}"
WAIT_SECONDS = 40
CHOSEN_QUEUE = 3

sent = {}
# Never freed: the client shuts a consumer down a second time when Python collects it, and may crash at that.
consumers = []
producer = Producer(f"python-producer-{RUN}")


def message(tag, body):
    result = Message(TOPIC)
    result.set_tags(tag)
    result.set_keys("key-" + body[:8])
    result.set_property("color", "grün")
    result.set_body(body)
    return result


def expect_equal(what, expected, seen):
    if expected != seen:
        raise AssertionError(f"{what}: expected {expected!r}, saw {seen!r}")


def keep(body, tag, result):
    expect_equal("send status", SendStatus.OK, result.status)
    sent[body] = (tag, result)


def start_producer():
    producer.set_namesrv_addr(NAME_SERVER)
    producer.start()


def send_sync():
    for index in range(100):
        tag = "even" if index % 2 == 0 else "odd"
        body = f"sync 世界 {index}"
        keep(body, tag, producer.send_sync(message(tag, body)))
    body = "large " + "0123456789" * 2000
    keep(body, "large", producer.send_sync(message("large", body)))


def send_to_chosen_queue():
    for index in range(20):
        body = f"chosen {index}"
        keep(body, "chosen", producer.send_orderly(message("chosen", body), CHOSEN_QUEUE))


def send_oneway():
    for index in range(20):
        body = f"oneway {index}"
        producer.send_oneway(message("oneway", body))
        sent[body] = ("oneway", None)


def consume(group, expression, expected):
    seen = []
    complete = threading.Event()

    def on_message(received):
        seen.append((received.body.decode(), received.tags.decode(), received.queue_id, received.queue_offset, received.id))
        if len(seen) >= expected:
            complete.set()

    consumer = PushConsumer(f"{group}-{RUN}")
    consumers.append(consumer)
    consumer.set_namesrv_addr(NAME_SERVER)
    consumer.subscribe(TOPIC, on_message, expression)
    consumer.start()
    complete.wait(WAIT_SECONDS)
    time.sleep(0.5)
    consumer.shutdown()
    return seen


def consume_all():
    seen = consume("python-all", "*", len(sent))
    bodies = [body for body, *_ in seen]
    expect_equal("bodies that did not come", [], [body for body in sent if body not in bodies])
    expect_equal("messages consumed", len(sent), len(seen))
    for body, tag, queue, offset, identity in seen:
        expected_tag, result = sent[body]
        expect_equal(f"tag of {body[:20]}", expected_tag, tag)
        if result is not None:
            expect_equal(f"offset of {body[:20]}", result.offset, offset)
        if tag == "chosen":
            expect_equal(f"queue of {body}", CHOSEN_QUEUE, queue)


def consume_tag():
    seen = consume("python-even", "even", 50)
    expect_equal("messages consumed", 50, len(seen))
    for _, tag, *_ in seen:
        expect_equal("tag", "even", tag)


CHECKS = [
    ("producer starts", start_producer),
    ("send", send_sync),
    ("send to a chosen queue", send_to_chosen_queue),
    ("send oneway", send_oneway),
    ("consume all", consume_all),
    ("consume one tag", consume_tag),
    ("producer shuts down", producer.shutdown),
]

print(f"1..{len(CHECKS)}", flush=True)
for name, check in CHECKS:
    try:
        check()
        print(f"ok - {name}", flush=True)
    except Exception:  # Whatever a check throws is its result.
        print(f"not ok - {name}", flush=True)
        print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
# The C++ client's threads may not end by themselves.
os._exit(0)
