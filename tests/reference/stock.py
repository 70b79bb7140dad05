#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Plays random receipts, corrections, orders and settlements through souk-stock and
a model of it: every answer and in the end every level must be the same.

    stock.py SEED [RECORDS]
"""
import json
import random
import subprocess
import sys


class Model:
    """Stock as it has to be, in the plainest way."""

    def __init__(self):
        self.on_hand, self.movements, self.holds = {}, {}, {}

    def taken(self, sku, states=("held", "committed")):
        return sum(hold["pieces"].get(sku, 0) for hold in self.holds.values() if hold["state"] in states)

    def move(self, verb, record):
        key = (verb, record["id"])
        content = (record["sku"], record["qty"], record.get("reason"))
        if key not in self.movements:
            after = self.on_hand.get(record["sku"], 0) + record["qty"]
            if after < 0:
                return "below_zero"
            self.on_hand[record["sku"]] = after
            self.movements[key] = (content, {"qty": record["qty"], "on_hand": after})
        stored, answer = self.movements[key]
        return answer if stored == content else "id_conflict"

    def reserve(self, record):
        pieces = {}
        for line in record["lines"]:
            pieces[line["sku"]] = pieces.get(line["sku"], 0) + line["qty"]
        if record["id"] not in self.holds:
            enough = all(self.on_hand.get(sku, 0) - self.taken(sku) >= qty for sku, qty in pieces.items())
            self.holds[record["id"]] = {"wanted": pieces, "pieces": pieces if enough else {},
                                        "state": "held" if enough else "refused"}
        hold = self.holds[record["id"]]
        if hold["state"] in ("released", "barred"):
            return "released"
        if list(hold["wanted"].items()) != list(pieces.items()):
            return "id_conflict"
        return "out_of_stock" if hold["state"] == "refused" else {"state": "held"}

    def settle(self, record):
        decision = record["order"]["state"]
        if decision == "open":
            return None
        hold = self.holds.get(record["id"], {"state": "none"})
        if hold["state"] == "none" and decision == "rejected":
            self.holds[record["id"]] = {"wanted": {}, "pieces": {}, "state": "barred"}
        if hold["state"] == "held":
            hold["state"] = "committed" if decision == "placed" else "released"
        return {"state": "none" if hold["state"] in ("refused", "barred") else hold["state"]}

    def levels(self):
        for sku in sorted(self.on_hand):
            held, committed = self.taken(sku, ("held",)), self.taken(sku, ("committed",))
            yield {"sku": sku, "stock": {
                "on_hand": self.on_hand[sku], "reserved": held, "committed": committed,
                "available": self.on_hand[sku] - held - committed}}


def make(rng, verb, skus, orders):
    if verb in ("receive", "adjust"):
        record = {"id": f"m{rng.randrange(150)}", "sku": rng.choice(skus), "qty": rng.randint(1, 12)}
        if verb == "adjust":
            record.update(qty=record["qty"] * rng.choice([1, -1, -4, -100]), reason=rng.choice(["lost", "found"]))
        return record
    if verb == "settle":
        return {"id": f"o{rng.randrange(200)}", "order": {"state": rng.choice(["placed", "rejected", "open"])}}
    if orders and rng.random() < 0.3:
        return rng.choice(orders)
    orders.append({"id": f"o{rng.randrange(200)}", "lines": [
        {"sku": rng.choice(skus), "qty": rng.randint(1, 5)} for _ in range(rng.randint(1, 4))]})
    return orders[-1]


def main():
    seed, records = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    rng, model, orders = random.Random(seed), Model(), []
    skus = [f"sku{n}" for n in range(6)]
    outcomes = {}

    print(f"seed {seed}")
    while records > 0:
        verb = rng.choice(["receive", "adjust", "reserve", "reserve", "settle", "settle"])
        batch = [make(rng, verb, skus, orders) for _ in range(rng.randint(1, 60))]
        records -= len(batch)
        done = subprocess.run(["souk-stock", verb], input="".join(json.dumps(r) + "\n" for r in batch),
                              stdout=subprocess.PIPE, check=True, encoding="utf-8")
        answers = done.stdout.splitlines()
        assert len(answers) == len(batch), f"{len(batch)} records gave {len(answers)}"
        for record, answer in zip(batch, map(json.loads, answers)):
            said = answer.get("error", {}).get("code") or answer.get("stock")
            expected = (model.move(verb, record) if verb in ("receive", "adjust")
                        else model.reserve(record) if verb == "reserve" else model.settle(record))
            assert said == expected, f"{verb} {record}: {answer}, not {expected}"
            key = (verb, said if isinstance(said, str) else "done")
            outcomes[key] = outcomes.get(key, 0) + 1
    levels = subprocess.run(["souk-stock", "list"], stdout=subprocess.PIPE, check=True, encoding="utf-8")
    assert [json.loads(line) for line in levels.stdout.splitlines()] == list(model.levels()), levels.stdout
    # A sequence that never meets a refusal would show little.
    for verb, code in (("reserve", "out_of_stock"), ("reserve", "id_conflict"), ("adjust", "below_zero")):
        assert (verb, code) in outcomes, f"no {code} came up"
    print(sum(outcomes.values()), "records as expected")


if __name__ == "__main__":
    main()
