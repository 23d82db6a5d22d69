"""Whatever the ledger does, in whatever order: each command once, each device in its order."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.intake.schedule import Schedule
from gateway.ledgers.port import Receipt
from gateway.words.codes import GatewayCode
from tests.gateway.intake.making import SETTINGS, conflict, make_item

KIDS = ["a", "b", "c", "d", "e"]
LOTS = ["l1", "l2", "l3"]


class ModelLedger:
    """Takes a command only in its device's sequence; remembers what it took, in order."""

    def __init__(self):
        self.heads = {kid: (1, f"{kid}-0") for kid in KIDS}
        self.taken = []

    def run(self, items):
        return [self.take(item) for item in items]

    def take(self, item):
        number, prev = self.heads[item.kid]
        if item.seq < number:
            return "ALREADY_TAKEN"
        if item.seq > number:
            return "SEQUENCE_GAP"
        if item.prev != prev:
            return "WRONG_PREDECESSOR"
        self.heads[item.kid] = (number + 1, item.id)
        self.taken.append(item.id)
        return "ACCEPTED"


class ScheduleMachine(RuleBasedStateMachine):
    """Devices send, out of order and twice; transactions land in any order and any way."""

    @initialize(
        count=st.integers(1, 5),
        size=st.integers(100, 450),
        operations=st.integers(4, 20),
        flights=st.integers(1, 4),
        random=st.randoms(use_true_random=False),
    )
    def begin(self, count, size, operations, flights, random):
        self.settings = replace(
            SETTINGS,
            batch_commands_max=count,
            batch_bytes_max=size,
            batch_operations_max=operations,
            in_flight_max=flights,
            held_s=1e9,
        )
        self.schedule = Schedule(self.settings, random)
        self.ledger = ModelLedger()
        self.now = 0.0
        self.clients = {kid: (1, f"{kid}-0") for kid in KIDS}
        self.flights = []
        self.items = []
        self.answers = {}
        self.committed = {}  # key -> (number of the last writer, of the last reader)
        self.variant = 0
        self.elsewhere = set()  # on the ledger by another gateway
        self.unknown = set()  # once in a transaction of unknown outcome that did commit

    def sign(self, kid, reads, writes):
        seq, prev = self.clients[kid]
        self.variant += 1
        item = make_item(
            kid,
            seq,
            reads=reads,
            writes=writes,
            prev=prev,
            variant=f"v{self.variant}",
            disturbs_all=LOTS[0] in writes,
        )
        self.clients[kid] = (seq + 1, item.id)
        self.items.append(item)
        return item

    def add(self, item):
        self.schedule.add(item, self.ledger.heads[item.kid][0], self.now)
        self.collect()

    def collect(self):
        for item, answer in self.schedule.take_answers():
            assert item.id not in self.answers, "answered twice"
            self.answers[item.id] = answer
            if not answer.taken:  # the device asks for its head and signs the rest again
                self.clients[item.kid] = self.ledger.heads[item.kid]

    @rule(
        kid=st.sampled_from(KIDS),
        reads=st.sets(st.sampled_from(LOTS), max_size=2),
        writes=st.sets(st.sampled_from(LOTS), max_size=2),
        count=st.integers(1, 3),
        order=st.randoms(use_true_random=False),
    )
    def send(self, kid, reads, writes, count, order):
        items = [self.sign(kid, sorted(reads), sorted(writes)) for _ in range(count)]
        order.shuffle(items)
        for item in items:
            self.add(item)

    @rule(kid=st.sampled_from(KIDS), back=st.integers(1, 2))
    def forget_and_sign_again(self, kid, back):
        seq, _ = self.clients[kid]
        if seq > back:
            self.clients[kid] = (seq - back, f"{kid}-other")
            self.add(self.sign(kid, [], []))

    @rule()
    def launch(self):
        batch = self.schedule.next_batch(self.now)
        if batch is None:
            wake = self.schedule.next_wake(self.now)
            assert wake is None or wake > self.now, "woken in vain"
            return
        for flight in self.flights:
            for one in flight.items:
                assert not any(conflict(one, other) for other in batch.items)
        self.check_limits(batch)
        self.flights.append(batch)

    def check_limits(self, batch):
        items = batch.items
        if len(items) == 1:
            return
        reads = {key for item in items for key in item.reads}
        writes = {key for item in items for key in item.writes}
        assert len(items) <= self.settings.batch_commands_max
        assert sum(len(item.wire) for item in items) <= self.settings.batch_bytes_max
        assert len(reads) + len(writes) <= self.settings.batch_operations_max
        places = {item.id: place for place, item in enumerate(items)}
        for place, item in enumerate(items):
            is_stale = item.seq <= self.ledger.heads[item.kid][0]  # what it follows was taken
            assert is_stale or places.get(item.prev, -1) < place

    def commit(self, batch):
        """Run it on the ledger, and check that nobody overtook."""
        codes = self.ledger.run(batch.items)
        accepted = [
            node for node, code in zip(batch.nodes, codes, strict=True) if code == "ACCEPTED"
        ]
        for node in accepted:
            for key in node.item.keys:
                writer, reader = self.committed.get(key, (0, 0))
                assert node.number >= writer
                if key in node.item.writes:
                    assert node.number >= reader
                    writer = max(writer, node.number)
                self.committed[key] = (writer, max(reader, node.number))
        return codes

    def land(self, batch, how):
        if how == "commit":
            codes = self.commit(batch)
            results = tuple(
                {"id": item.id, "code": code, "flags": []}
                for item, code in zip(batch.items, codes, strict=True)
            )
            receipt = Receipt(tx_id="t", block_number=1, time=1, results=results)
            self.schedule.committed(batch, receipt, self.now)
        elif how == "conflict":
            self.schedule.conflicted(batch, self.now)
        elif how == "refused":
            self.schedule.refused(batch, self.now)
        elif how == "away":
            self.schedule.away(batch, self.now)
        else:
            if how == "unknown, committed":
                self.commit(batch)
                self.unknown |= {item.id for item in batch.items}
            self.schedule.away(batch, self.now, is_unknown=True)
        self.collect()

    @precondition(lambda self: self.flights)
    @rule(
        which=st.integers(0, 3),
        how=st.sampled_from(
            [
                *("commit", "commit", "commit", "conflict", "refused", "away"),
                *("unknown, lost", "unknown, committed"),
            ]
        ),
    )
    def land_one(self, which, how):
        self.land(self.flights.pop(which % len(self.flights)), how)

    @rule(seconds=st.sampled_from([0.01, 0.2, 2.0, 400.0]))
    def wait(self, seconds):
        self.now += seconds

    @rule(kid=st.sampled_from(KIDS), is_told=st.booleans())
    def another_gateway_is_faster(self, kid, is_told):
        number, prev = self.ledger.heads[kid]
        for item in self.items:
            if (item.kid, item.seq, item.prev) == (kid, number, prev):
                self.ledger.take(item)
                self.elsewhere.add(item.id)
                if is_told and not item.is_done:
                    self.schedule.advance(kid, number + 1, self.now)
                    self.schedule.finish(item, self.now)
                    self.answers[item.id] = None
                return

    @rule()
    def look_at_the_record(self):
        for item in self.schedule.take_recorded():
            if item.is_done:
                continue
            if item.id in self.ledger.taken:
                self.schedule.finish(item, self.now)
                self.answers[item.id] = None
            else:
                self.schedule.drop(item, GatewayCode.SEQUENCE_REUSED, self.now)
        for kid in self.schedule.held_devices:
            self.schedule.advance(kid, self.ledger.heads[kid][0], self.now)
        self.collect()

    @invariant()
    def nothing_is_taken_twice(self):
        if hasattr(self, "ledger"):
            assert len(set(self.ledger.taken)) == len(self.ledger.taken)

    def teardown(self):
        """From here on the ledger works: everything gets its answer, and the right one."""
        if not hasattr(self, "ledger"):
            return
        for flight in self.flights:
            self.land(flight, "commit")
        for _ in range(20 * len(self.items) + 20):
            self.look_at_the_record()
            batch = self.schedule.next_batch(self.now)
            if batch is not None:
                self.land(batch, "commit")
                continue
            wake = self.schedule.next_wake(self.now)
            if wake is None:
                break
            self.now = wake
        self.now += 1e10
        self.schedule.expire(self.now)
        self.collect()
        assert {item.id for item in self.items} == set(self.answers)
        for command_id, answer in self.answers.items():
            if answer is not None and answer.taken:
                assert command_id in self.ledger.taken
            elif answer is not None and command_id in self.ledger.taken:
                # Two things may come true later, for which `Intake` asks the record once more.
                assert command_id in self.elsewhere | self.unknown
        assert self.schedule._nodes == {}
        assert self.schedule._lines._lines == {}
        precedence = self.schedule._batching._precedence
        assert (precedence._writers, precedence._readers) == ({}, {})


TestSchedule = ScheduleMachine.TestCase
TestSchedule.settings = settings(max_examples=600, stateful_step_count=50, deadline=None)
