#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Plays random events through souk-stock and a model of it in which goods are at several
places, may be ordered before they come, are shipped, cancelled and brought back: every
answer must be the same, in the end every level at every place, and souk-audit must find
that each movement and each hold adds up.

    stock_places.py SEED [RECORDS]
"""
import json
import random
import subprocess
import sys

PLACES = {"main": 0, "north": 0, "south": 1, "west": -1}
SKUS = ["A", "B", "C"]
BACKORDERED = {"C"}


class Model:
    def __init__(self):
        self.on_hand = {(sku, place): 0 for sku in SKUS for place in PLACES}
        self.used = set()  # skus that are elsewhere than at main, and where
        self.holds, self.events = {}, {}

    def taken(self, sku, place):
        return sum(part["qty"] - part["gone"] for hold in self.holds.values() if hold["state"] in ("held", "committed")
                   for part in hold["parts"] if (part["sku"], part["place"]) == (sku, place))

    def free(self, sku, place):
        return self.on_hand[sku, place] - self.taken(sku, place)

    def move(self, sku, place, qty):
        self.on_hand[sku, place] += qty
        self.used.add((sku, place))

    def allocate(self, sku, qty):
        """Parts of qty pieces, or None."""
        places = [place for place in PLACES if place == "main" or (sku, place) in self.used]
        rest, parts = qty, []
        if sum(self.free(sku, place) for place in places) < qty and sku not in BACKORDERED:
            return None
        order = sorted(places, key=lambda place: (-PLACES[place], -self.free(sku, place), place != "main", place))
        for place in order:
            some = min(rest, max(self.free(sku, place), 0))
            if some:
                parts.append({"sku": sku, "place": place, "qty": some, "gone": 0, "sent": 0, "later": 0})
                rest -= some
        if rest and not parts:
            parts = [{"sku": sku, "place": order[0], "qty": 0, "gone": 0, "sent": 0, "later": 0}]
        if rest:
            parts[0]["qty"] += rest
            parts[0]["later"] = rest
        return parts

    def reserve(self, r):
        wants = {}
        for line in r["lines"]:
            wants[line["sku"]] = wants.get(line["sku"], 0) + line["qty"]
        if r["id"] not in self.holds:
            parts = [self.allocate(sku, qty) for sku, qty in wants.items()]
            good = all(part is not None for part in parts)
            self.holds[r["id"]] = {"wants": wants, "state": "held" if good else "refused",
                                   "parts": [part for some in parts for part in some] if good else []}
        hold = self.holds[r["id"]]
        if hold["state"] in ("released", "barred"):
            return "released"
        if list(hold["wants"].items()) != list(wants.items()):
            return "id_conflict"
        if hold["state"] == "refused":
            return "out_of_stock"
        later = [{"sku": part["sku"], "qty": part["later"]} for part in hold["parts"] if part["later"]]
        return {"state": "held", **({"backordered": later} if later else {})}

    def settle(self, r):
        hold = self.holds.get(r["id"], {"state": "none"})
        decision = r["order"]["state"]
        if hold["state"] == "none" and decision == "rejected":
            self.holds[r["id"]] = {"wants": {}, "parts": [], "state": "barred"}
        if hold["state"] == "held":
            hold["state"] = "committed" if decision == "placed" else "released"
        return {"state": "none" if hold["state"] in ("refused", "barred") else hold["state"]}

    def once(self, verb, r, content, act):
        """act() gives the answer, or the code of a refusal, which is stored of a shipment only."""
        if (verb, r["id"]) in self.events:
            stored, answer = self.events[verb, r["id"]]
            return answer if stored in (content, None) else "id_conflict"
        answer = act()
        if verb == "ship" or not isinstance(answer, str):
            self.events[verb, r["id"]] = (content, answer)
        return answer

    def at(self, sku, qty, place):
        self.move(sku, place, qty)
        return {"qty": qty, **({} if place == "main" else {"location": place}), "on_hand": self.on_hand[sku, place]}

    def receive(self, r):
        place = r.get("location", "main")
        return self.once("receive", r, (r["sku"], r["qty"], place), lambda: self.at(r["sku"], r["qty"], place))

    def adjust(self, r):
        place = r.get("location", "main")
        return self.once("adjust", r, (r["sku"], r["qty"], place), lambda: "below_zero" if
                         self.on_hand[r["sku"], place] + r["qty"] < 0 else self.at(r["sku"], r["qty"], place))

    def stocktake(self, r):
        place = r.get("location", "main")

        def act():
            qty = r["qty"] - self.on_hand[r["sku"], place]
            if qty:
                return self.at(r["sku"], qty, place)
            return {"qty": 0, **({} if place == "main" else {"location": place}), "on_hand": r["qty"]}
        return self.once("stocktake", r, (r["sku"], r["qty"], place), act)

    def transfer(self, r):
        source, target = r.get("from", "main"), r.get("to", "main")

        def act():
            if r["qty"] > self.free(r["sku"], source):
                return "not_available"
            self.move(r["sku"], source, -r["qty"])
            self.move(r["sku"], target, r["qty"])
            return {"qty": r["qty"], "from": {"location": source, "on_hand": self.on_hand[r["sku"], source]},
                    "to": {"location": target, "on_hand": self.on_hand[r["sku"], target]}}
        if source == target:
            return "bad_record"
        return self.once("transfer", r, (r["sku"], r["qty"], source, target), act)

    def restock(self, r):
        place, wants = r.get("location", "main"), {}
        for line in r["lines"]:
            wants[line["sku"]] = wants.get(line["sku"], 0) + line["qty"]
        return self.once("restock", r, (list(wants.items()), place), lambda: {"state": "restocked", "lines": [
            {"sku": sku, **self.at(sku, qty, place)} for sku, qty in wants.items()]})

    def committed(self, r):
        hold = self.holds.get(r["order_id"])
        if not hold:
            return None, "nothing_held"
        return (hold, None) if hold["state"] == "committed" else (None, "not_committed")

    def ship(self, r):
        place = r["ship"].get("location")

        def act():
            hold, code = self.committed(r)
            if code:
                return code
            outs, gone = [], [part["gone"] for part in hold["parts"]]
            for line in r["ship"]["lines"]:
                rest = line["qty"]
                for elsewhere in (False, True):
                    for i, part in enumerate(hold["parts"]):
                        if part["sku"] == line["sku"] and (not place or (part["place"] != place) == elsewhere):
                            some = min(rest, part["qty"] - gone[i])
                            gone[i] += some
                            rest -= some
                            if some:
                                outs.append((part["sku"], place or part["place"], some))
                if rest and any(part["sku"] == line["sku"] for part in hold["parts"]):
                    return "too_many"
            sums = {}
            for sku, source, qty in outs:
                sums[sku, source] = sums.get((sku, source), 0) + qty
            if any(qty > self.on_hand[key] for key, qty in sums.items()):
                return "not_on_hand"
            for part, now in zip(hold["parts"], gone):
                part["sent"] += now - part["gone"]
                part["gone"] = now
            return {"state": "shipped", "lines": [
                {"sku": sku, **self.at(sku, -qty, source), "qty": qty} for (sku, source), qty in sums.items()]}
        return self.once("ship", r, self.content(r), act)

    def unship(self, r):
        """A given up shipment: its pieces are back, and held again where they were."""
        key, content = ("ship", r["id"]), self.content(r)

        def act():
            lines, (stored, answer) = [], self.events.get(key, (content, None))
            if stored != content and isinstance(answer, dict):
                return None
            shipped = answer["lines"] if isinstance(answer, dict) else []
            for gone in sorted(shipped, key=lambda line: (line["sku"], line.get("location", "main"))):
                place, rest = gone.get("location", "main"), gone["qty"]
                for elsewhere in (False, True):
                    for part in self.holds[r["order_id"]]["parts"]:
                        if part["sku"] == gone["sku"] and (part["place"] != place) == elsewhere:
                            some = min(rest, part["sent"])
                            part["gone"] -= some
                            part["sent"] -= some
                            rest -= some
                lines.append({"sku": gone["sku"], **self.at(gone["sku"], gone["qty"], place)})
            self.events[key] = None, "void"
            return {"state": "unshipped" if isinstance(answer, dict) else "none", "lines": lines}
        if ("unship", r["id"]) in self.events:
            stored, answer = self.events["unship", r["id"]]
            return answer if stored == content else None
        answer = act()
        if answer:
            self.events["unship", r["id"]] = content, answer
        return answer

    @staticmethod
    def content(r):
        return r["order_id"], json.dumps({k: r["ship"][k] for k in r["ship"] if k != "state"})

    def release(self, r):
        def act():
            hold, code = self.committed(r)
            if code:
                return {"state": "none", "lines": []} if code == "nothing_held" else code
            lines = []
            for part in hold["parts"]:
                left = part["qty"] - part["gone"]
                part["gone"] = part["qty"]
                if left:
                    lines.append({"sku": part["sku"], "qty": left,
                                  **({} if part["place"] == "main" else {"location": part["place"]})})
            return {"state": "released", "lines": lines}
        return self.once("release", r, r["order_id"], act)

    def levels(self):
        for sku in SKUS:
            for place in PLACES:
                if place == "main" or (sku, place) in self.used:
                    yield sku, place, self.on_hand[sku, place], self.free(sku, place)


def make(rng, verb, made, ships):
    def somewhere(name="location"):
        place = rng.choice(list(PLACES))
        return {} if place == "main" and rng.random() < 0.7 else {name: place}
    if made and rng.random() < 0.1:
        return rng.choice(made)
    number = rng.randrange(10000) if rng.random() < 0.9 else rng.randrange(20)
    lines = [{"sku": rng.choice(SKUS), "qty": rng.randint(1, 6)} for _ in range(rng.randint(1, 3))]
    order = f"o{rng.randrange(150)}"
    record = {
        "receive": lambda: {"sku": rng.choice(SKUS), "qty": rng.randint(1, 9), **somewhere()},
        "adjust": lambda: {"sku": rng.choice(SKUS), "qty": rng.choice([-30, -3, -1, 2]), "reason": "x", **somewhere()},
        "stocktake": lambda: {"sku": rng.choice(SKUS), "qty": rng.randint(0, 20), **somewhere()},
        "transfer": lambda: {"sku": rng.choice(SKUS), "qty": rng.randint(1, 8), **somewhere("from"), **somewhere("to")},
        "restock": lambda: {"lines": lines, **somewhere()},
        "release": lambda: {"order_id": order},
        "ship": lambda: {"order_id": order, "ship": {"lines": lines[:2], **(somewhere() if rng.random() < 0.3 else {})}},
        "unship": lambda: {"ship": {"state": "void"}, "error": {"by": "pay", "code": "declined"}},
        "reserve": lambda: {"lines": lines},
        "settle": lambda: {"order": {"state": rng.choice(["placed", "placed", "rejected"])}},
    }[verb]()
    if verb == "unship":
        sent = rng.choice(ships) if ships else {"id": "e0", "order_id": order, "ship": {"lines": []}}
        record.update(id=sent["id"], order_id=sent["order_id"], ship={"state": "void", **sent["ship"]})
        made.append(record)
        return record
    made.append({"id": order if verb in ("reserve", "settle") else f"e{number}", **record})
    return made[-1]


def run(verb, text="", options=()):
    return subprocess.run(["souk-stock", verb, *options], input=text, stdout=subprocess.PIPE, check=True,
                          encoding="utf-8").stdout.splitlines()


def main():
    seed, records = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2500
    rng, model, made, outcomes = random.Random(seed), Model(), {}, {}
    print(f"seed {seed}")
    settings = [{"location": place, "priority": priority} for place, priority in PLACES.items()]
    settings += [{"sku": sku, "allow_backorder": sku in BACKORDERED} for sku in SKUS]
    run("put", "".join(json.dumps(record) + "\n" for record in settings), ["-e"])
    verbs = ["receive"] * 3 + ["reserve"] * 4 + ["settle"] * 4 + ["ship"] * 4 + [
        "adjust", "stocktake", "transfer", "transfer", "restock", "release", "unship", "unship"]
    while records > 0:
        verb = rng.choice(verbs)
        batch = [make(rng, verb, made.setdefault(verb, []), made.get("ship")) for _ in range(rng.randint(1, 16))]
        records -= len(batch)
        answers = run(verb, "".join(json.dumps(r) + "\n" for r in batch))
        assert len(answers) == len(batch)
        for record, answer in zip(batch, map(json.loads, answers)):
            said = answer.get("error", {}).get("code") if verb != "unship" else None
            said = said or answer.get("stock")
            expected = getattr(model, verb)(record)
            assert said == expected, f"{verb} {record}: {answer}, not {expected}"
            key = (verb, said if isinstance(said, str) else "done")
            outcomes[key] = outcomes.get(key, 0) + 1
    found = []
    for line in map(json.loads, run("list")):
        stock = line["stock"]
        places = stock.get("locations") or [{"location": "main", **stock}]
        found += [(line["sku"], p["location"], p["on_hand"], p["available"]) for p in places]
        assert stock["on_hand"] == sum(p["on_hand"] for p in places), line
        assert stock["available"] == sum(p["available"] for p in places), line
    assert sorted(found) == sorted(model.levels()), (sorted(found), sorted(model.levels()))
    # Orders are not in the books here: what else the audit says must be nothing.
    audit = subprocess.run("souk-stock export | souk-audit", shell=True, stdout=subprocess.PIPE, encoding="utf-8")
    rules = {json.loads(line).get("audit") for line in audit.stdout.splitlines()}
    assert rules <= {"hold_without_order", "verdict"}, rules
    for key in (("reserve", "out_of_stock"), ("ship", "done"), ("ship", "too_many"), ("ship", "void"), ("unship", "done"), ("release", "done"),
                ("transfer", "not_available"), ("stocktake", "done"), ("restock", "done")):
        assert key in outcomes, f"no {key} came up"
    print(sum(outcomes.values()), "records as expected")


if __name__ == "__main__":
    main()
