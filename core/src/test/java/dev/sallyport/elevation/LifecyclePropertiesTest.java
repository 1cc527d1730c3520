package dev.sallyport.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.elevation.Vote.Decision;
import dev.sallyport.privilege.BoundTo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever people do in whatever order, and however long they take. */
class LifecyclePropertiesTest {

    private static final List<String> PEOPLE = List.of("ann", "bob", "carol", "dave", "erin");
    private static final int COUNT = 2;

    /** What somebody tries. */
    private sealed interface Try {

        record Elapse(Duration time) implements Try {}

        record Ask(String session, BoundTo boundTo, boolean later, boolean emergency, boolean approval)
                implements Try {}

        record Cast(int which, String voter, Optional<String> principal, Decision decision) implements Try {}

        record Leave(String approver) implements Try {}

        record Cancel(int which) implements Try {}

        record Activate(int which, String session) implements Try {}

        record TakeUp(int which, String session) implements Try {}

        record Extend(int which, Duration by) implements Try {}

        record End(int which, EndedBy why) implements Try {}
    }

    /** A realm in which ann asks and the others approve. */
    private static final class World {

        Instant now = Life.NOW;
        final Set<String> approvers = new HashSet<>(Set.of("ann", "bob", "carol", "dave", "erin"));
        final List<Elevation> elevations = new ArrayList<>();
        final Set<Integer> askedFor = new HashSet<>();

        void attempt(Try act) {
            try {
                happen(act);
            } catch (ElevationRefusal refused) {
                // Nothing happened, then.
            }
        }

        private void happen(Try act) {
            if (act instanceof Try.Elapse elapse) {
                now = now.plus(elapse.time());
            } else if (act instanceof Try.Ask ask) {
                ask(ask);
            } else if (act instanceof Try.Leave leave) {
                approvers.remove(leave.approver());
            } else if (act instanceof Try.Cast cast) {
                cast(cast);
            } else if (act instanceof Try.Cancel cancel) {
                step(cancel.which(), new Step.Cancel());
            } else if (act instanceof Try.Activate activate) {
                activate(activate);
            } else if (act instanceof Try.TakeUp takeUp) {
                step(
                        takeUp.which(),
                        new Step.TakeUp(Optional.of(takeUp.session()), Optional.of("device of " + takeUp.session())));
            } else if (act instanceof Try.Extend extend) {
                extend(extend);
            } else if (act instanceof Try.End end) {
                step(end.which(), new Step.End(end.why()));
            }
        }

        private void ask(Try.Ask ask) {
            var wished = Life.elevation(
                    "e" + elevations.size(),
                    ask.boundTo(),
                    ask.session(),
                    Optional.of("device of " + ask.session()),
                    ask.later() ? Optional.of(now.plus(Duration.ofMinutes(30))) : Optional.empty(),
                    ask.emergency(),
                    Optional.empty(),
                    now);
            if (open().anyMatch(other -> other.inTheWayOf(wished))) return;
            if (ask.emergency()) {
                for (int i = 0; i < elevations.size(); i++) {
                    if (elevations.get(i).status() == Status.PENDING
                            && elevations.get(i).meets(wished)) attempt(new Try.Cancel(i));
                }
            }
            boolean approval = ask.approval() && !ask.emergency();
            if (approval) askedFor.add(elevations.size());
            elevations.add(approval ? wished : Lifecycle.apply(wished, new Step.Grant(), now));
        }

        private void cast(Try.Cast cast) {
            var vote = new Vote(cast.voter(), cast.decision(), Optional.empty(), now, cast.principal());
            var step = cast.decision() == Decision.DENIED
                    ? new Step.Deny(vote)
                    : new Step.Approve(vote, new Quorum(COUNT, Map.of(), approvers, Map.of()), true);
            step(cast.which(), step);
        }

        private void activate(Try.Activate activate) {
            if (elevations.isEmpty()) return;
            var which = activate.which() % elevations.size();
            var active = Lifecycle.apply(
                    elevations.get(which),
                    new Step.Activate(Optional.of(activate.session()), Optional.of("device of " + activate.session())),
                    now);
            boolean occupied =
                    open().filter(other -> !other.id().equals(active.id())).anyMatch(other -> other.inTheWayOf(active));
            if (!occupied) elevations.set(which, active);
        }

        private void extend(Try.Extend extend) {
            if (elevations.isEmpty()) return;
            var which = extend.which() % elevations.size();
            var end = elevations.get(which).end();
            if (end.isPresent()) step(which, new Step.Extend(end.get().plus(extend.by())));
        }

        private void step(int index, Step step) {
            if (elevations.isEmpty()) return;
            int which = index % elevations.size();
            elevations.set(which, Lifecycle.apply(elevations.get(which), step, now));
        }

        private Stream<Elevation> open() {
            return elevations.stream().map(elevation -> elevation.at(now)).filter(e -> e.status()
                    .open());
        }
    }

    @Property(tries = 2_000)
    void oneActiveElevationPerPrivilegeAndSession(@ForAll("lives") List<Try> life) {
        var world = new World();
        for (var act : life) {
            world.attempt(act);

            var active = world.elevations.stream()
                    .filter(elevation -> elevation.inEffect(world.now))
                    .toList();
            for (var one : active) {
                assertThat(active).noneMatch(other -> other != one && other.meets(one));
            }
        }
    }

    @Property(tries = 2_000)
    void nobodyEverDecidesOnTheirOwnRequest(@ForAll("lives") List<Try> life) {
        var world = new World();
        life.forEach(world::attempt);

        assertThat(world.elevations).allSatisfy(elevation -> assertThat(elevation.approvals())
                .noneMatch(vote -> vote.involves(elevation.requester())));
    }

    @Property(tries = 2_000)
    void grantedIsWhatEnoughDistinctApproversAgreedTo(@ForAll("lives") List<Try> life) {
        var world = new World();
        var granted = new HashSet<Integer>();
        for (var act : life) {
            world.attempt(act);

            for (int which : world.askedFor) {
                var elevation = world.elevations.get(which);
                if (elevation.status() != Status.ACTIVE && elevation.status() != Status.SCHEDULED) continue;
                if (!granted.add(which)) continue;
                assertThat(elevation.approvals()).allMatch(vote -> vote.decision() == Decision.APPROVED);
                var heard = elevation.approvals().stream()
                        .map(Vote::principal)
                        .filter(world.approvers::contains)
                        .collect(Collectors.toSet());
                assertThat(heard).hasSizeGreaterThanOrEqualTo(COUNT);
                // No person is behind two of the votes, be it as themselves, as a stand-in or through one.
                var people = elevation.approvals().stream()
                        .flatMap(vote ->
                                Stream.of(vote.approver(), vote.principal()).distinct())
                        .toList();
                assertThat(people).doesNotHaveDuplicates();
            }
        }
    }

    @Property(tries = 2_000)
    void denialWins(@ForAll("lives") List<Try> life) {
        var world = new World();
        life.forEach(world::attempt);

        assertThat(world.elevations).allSatisfy(elevation -> {
            if (elevation.approvals().stream().noneMatch(vote -> vote.decision() == Decision.DENIED)) return;
            assertThat(elevation.status()).isEqualTo(Status.DENIED);
            assertThat(elevation.inEffect(world.now)).isFalse();
        });
    }

    @Property(tries = 2_000)
    void privilegeEndsByItself(@ForAll("lives") List<Try> life) {
        var world = new World();
        var longest = Life.HOUR;
        for (var act : life) {
            world.attempt(act);
            if (act instanceof Try.Extend extend) longest = longest.plus(extend.by());
        }

        for (var elevation : world.elevations) {
            var end = elevation.end().orElse(world.now);
            assertThat(elevation.inEffect(end)).isFalse();
            assertThat(elevation.inEffect(end.plus(Duration.ofDays(1)))).isFalse();
            if (elevation.end().isPresent() && elevation.start().isPresent()) {
                assertThat(Duration.between(elevation.start().get(), end)).isLessThanOrEqualTo(longest);
            }
        }
    }

    @Property(tries = 2_000)
    void whatIsOverStaysOver(@ForAll("lives") List<Try> life) {
        var world = new World();
        for (var act : life) {
            var before = world.elevations.stream()
                    .map(elevation -> elevation.at(world.now))
                    .toList();
            world.attempt(act);

            for (int i = 0; i < before.size(); i++) {
                if (before.get(i).status().open()) continue;
                var after = world.elevations.get(i).at(world.now);
                assertThat(after).isEqualTo(before.get(i));
            }
        }
    }

    @Provide
    Arbitrary<List<Try>> lives() {
        var which = Arbitraries.integers().between(0, 5);
        var someone = Arbitraries.of(PEOPLE);
        var session = Arbitraries.of("s1", "s2");
        var time = Arbitraries.integers().between(1, 90).map(Duration::ofMinutes);
        Arbitrary<Try> elapse = time.map(Try.Elapse::new);
        Arbitrary<Try> ask = Combinators.combine(
                        session,
                        Arbitraries.of(BoundTo.values()),
                        Arbitraries.of(true, false),
                        Arbitraries.frequency(Tuple.of(5, false), Tuple.of(1, true)),
                        Arbitraries.of(true, false))
                .as(Try.Ask::new);
        Arbitrary<Try> cast = Combinators.combine(
                        which,
                        someone,
                        someone.optional(0.3),
                        Arbitraries.frequency(Tuple.of(6, Decision.APPROVED), Tuple.of(1, Decision.DENIED)))
                .as(Try.Cast::new);
        Arbitrary<Try> leave = someone.map(Try.Leave::new);
        Arbitrary<Try> cancel = which.map(Try.Cancel::new);
        Arbitrary<Try> activate = Combinators.combine(which, session).as(Try.Activate::new);
        Arbitrary<Try> takeUp = Combinators.combine(which, session).as(Try.TakeUp::new);
        Arbitrary<Try> extend = Combinators.combine(which, time).as(Try.Extend::new);
        Arbitrary<Try> end =
                Combinators.combine(which, Arbitraries.of(EndedBy.values())).as(Try.End::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(3, elapse),
                        Tuple.of(4, ask),
                        Tuple.of(10, cast),
                        Tuple.of(1, leave),
                        Tuple.of(1, cancel),
                        Tuple.of(2, activate),
                        Tuple.of(1, takeUp),
                        Tuple.of(2, extend),
                        Tuple.of(1, end))
                .list()
                .ofMaxSize(25);
    }
}
