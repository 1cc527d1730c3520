package dev.sallyport.elevation;

import static dev.sallyport.elevation.Life.HOUR;
import static dev.sallyport.elevation.Life.NOW;
import static dev.sallyport.elevation.Life.active;
import static dev.sallyport.elevation.Life.approve;
import static dev.sallyport.elevation.Life.no;
import static dev.sallyport.elevation.Life.pending;
import static dev.sallyport.elevation.Life.pendingFor;
import static dev.sallyport.elevation.Life.yes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.elevation.ElevationRefusal.Conflict;
import dev.sallyport.elevation.ElevationRefusal.Forbidden;
import dev.sallyport.elevation.Review.Outcome;
import dev.sallyport.privilege.BoundTo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    @Test
    void whatNobodyHasToApproveIsActiveAtOnceForAsLongAsWasAsked() {
        var active = Lifecycle.apply(pending(), new Step.Grant(), NOW);

        assertThat(active.status()).isEqualTo(Status.ACTIVE);
        assertThat(active.start()).contains(NOW);
        assertThat(active.end()).contains(NOW.plus(HOUR));
    }

    @Test
    void whatIsGrantedForLaterBeginsAtItsStart() {
        var start = NOW.plus(HOUR);
        var scheduled = Lifecycle.apply(pendingFor(start), new Step.Grant(), NOW);

        assertThat(scheduled.status()).isEqualTo(Status.SCHEDULED);
        assertThat(scheduled.inEffect(start.minusMillis(1))).isFalse();
        assertThat(scheduled.inEffect(start)).isTrue();
        assertThat(scheduled.inEffect(start.plus(HOUR))).isFalse();
    }

    @Test
    void lastApprovalThatIsNeededMakesItActive() {
        var once = Lifecycle.apply(pending(), approve(yes("bob"), 2, "bob", "carol"), NOW);
        var twice = Lifecycle.apply(once, approve(yes("carol"), 2, "bob", "carol"), NOW);

        assertThat(once.status()).isEqualTo(Status.PENDING);
        assertThat(twice.status()).isEqualTo(Status.ACTIVE);
    }

    @Test
    void approvalOfOneWhoIsNoApproverAnyMoreDoesNotCount() {
        var once = Lifecycle.apply(pending(), approve(yes("bob"), 2, "bob"), NOW);
        var twice = Lifecycle.apply(once, approve(yes("carol"), 2, "carol"), NOW);

        assertThat(twice.status()).isEqualTo(Status.PENDING);
    }

    @Test
    void peopleOfAGroupMustBeAmongThoseWhoApprove() {
        var quorum =
                new Quorum(1, Map.of("/security", 1), Set.of("bob", "carol"), Map.of("/security", Set.of("carol")));
        var once = Lifecycle.apply(pending(), new Step.Approve(yes("bob"), quorum, true), NOW);
        var twice = Lifecycle.apply(once, new Step.Approve(yes("carol"), quorum, true), NOW);

        assertThat(once.status()).isEqualTo(Status.PENDING);
        assertThat(twice.status()).isEqualTo(Status.ACTIVE);
    }

    @Test
    void nobodyApprovesTheirOwnRequestOrHasAStandInDoIt() {
        assertThatThrownBy(() -> Lifecycle.apply(pending(), approve(yes("ann"), 1, "ann"), NOW))
                .isInstanceOf(Forbidden.class);
        assertThatThrownBy(() -> Lifecycle.apply(pending(), approve(yes("bob", "ann"), 1, "ann"), NOW))
                .isInstanceOf(Forbidden.class);
        assertThatThrownBy(() -> Lifecycle.apply(pending(), approve(yes("ann", "bob"), 1, "bob"), NOW))
                .isInstanceOf(Forbidden.class);
    }

    @Test
    void standInAndPrincipalAreHeardOnce() {
        var once = Lifecycle.apply(pending(), approve(yes("bob", "carol"), 2, "carol", "bob"), NOW);

        assertThatThrownBy(() -> Lifecycle.apply(once, approve(yes("carol"), 2, "carol", "bob"), NOW))
                .isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> Lifecycle.apply(once, approve(yes("bob"), 2, "carol", "bob"), NOW))
                .isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> Lifecycle.apply(once, approve(yes("dave", "carol"), 2, "carol"), NOW))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void oneDenialIsEnough() {
        var once = Lifecycle.apply(pending(), approve(yes("bob"), 2, "bob", "carol"), NOW);
        var denied = Lifecycle.apply(once, new Step.Deny(no("carol")), NOW);

        assertThat(denied.status()).isEqualTo(Status.DENIED);
        assertThatThrownBy(() -> Lifecycle.apply(denied, approve(yes("dave"), 1, "dave"), NOW))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void requestThatNobodyDecidedIsExpiredWithoutAnybodyTakingNote() {
        var late = pending().expiresAt();

        assertThat(pending().at(late.minusMillis(1)).status()).isEqualTo(Status.PENDING);
        assertThat(pending().at(late).status()).isEqualTo(Status.EXPIRED);
        assertThatThrownBy(() -> Lifecycle.apply(pending(), approve(yes("bob"), 1, "bob"), late))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void whatIsApprovedWhileItsSessionIsGoneWaitsForItsUser() {
        var quorum = new Quorum(1, Map.of(), Set.of("bob"), Map.of());
        var scheduled = Lifecycle.apply(pending(), new Step.Approve(yes("bob"), quorum, false), NOW);

        assertThat(scheduled.status()).isEqualTo(Status.SCHEDULED);
        assertThat(scheduled.inEffect(NOW.plusSeconds(1))).isFalse();

        var active =
                Lifecycle.apply(scheduled, new Step.Activate(Optional.of("s2"), Optional.empty()), NOW.plusSeconds(1));

        assertThat(active.inEffect(NOW.plusSeconds(1))).isTrue();
        assertThat(active.sessionId()).contains("s2");
        assertThat(active.end()).isEqualTo(scheduled.end());
    }

    @Test
    void whatWasGrantedAndNeverActivatedWasNeverInEffectHoweverItEnds() {
        var voted = new Step.Approve(yes("bob"), new Quorum(1, Map.of(), Set.of("bob"), Map.of()), false);
        var waits = Lifecycle.apply(pending(), voted, NOW);
        var later = NOW.plus(HOUR.dividedBy(2));

        var ended = Lifecycle.apply(waits, new Step.End(EndedBy.ADMIN), later);

        assertThat(ended.status()).isEqualTo(Status.ENDED);
        assertThat(ended.end()).contains(later);
        assertThat(ended.wasInEffect()).isFalse();
        assertThat(waits.at(NOW.plus(HOUR)).status()).isEqualTo(Status.ENDED);
        assertThat(waits.at(NOW.plus(HOUR)).wasInEffect()).isFalse();
    }

    @Test
    void whatBeganWasInEffectHoweverItEnds() {
        var later = NOW.plus(HOUR.dividedBy(2));
        var scheduled = Lifecycle.apply(pendingFor(later), new Step.Grant(), NOW);

        assertThat(Lifecycle.apply(active(), new Step.End(EndedBy.ADMIN), later).wasInEffect())
                .isTrue();
        assertThat(active().at(NOW.plus(HOUR)).wasInEffect()).isTrue();
        assertThat(scheduled.at(later.plus(HOUR)).wasInEffect()).isTrue();
        assertThat(active().wasInEffect()).as("and is not over").isFalse();
    }

    @Test
    void whatIsActiveIsTakenUpOnlyInTheSessionItBelongsTo() {
        var device = Optional.of("d2");

        var taken = Lifecycle.apply(active(), new Step.TakeUp(Optional.of("s1"), device), NOW.plusSeconds(1));
        assertThat(taken.inEffect(NOW.plusSeconds(1))).isTrue();
        assertThat(taken.deviceId()).isEqualTo(device);
        assertThat(taken.end()).isEqualTo(active().end());

        for (var session : List.of(Optional.of("s2"), Optional.<String>empty())) {
            assertThatThrownBy(() -> Lifecycle.apply(active(), new Step.TakeUp(session, device), NOW.plusSeconds(1)))
                    .isInstanceOf(Conflict.class);
        }
        var ofUser = Lifecycle.apply(Life.pending("e1", BoundTo.USER, Optional.empty()), new Step.Grant(), NOW);
        assertThatThrownBy(() -> Lifecycle.apply(ofUser, new Step.TakeUp(Optional.of("s1"), device), NOW))
                .isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> Lifecycle.apply(active(), new Step.TakeUp(Optional.of("s1"), device), NOW.plus(HOUR)))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void nothingIsActivatedBeforeItsStart() {
        var scheduled = Lifecycle.apply(pendingFor(NOW.plus(HOUR)), new Step.Grant(), NOW);

        assertThatThrownBy(() -> Lifecycle.apply(
                        scheduled, new Step.Activate(Optional.of("s2"), Optional.empty()), NOW.plusSeconds(1)))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void extensionMovesTheEndOfWhatIsActiveOnly() {
        var until = NOW.plus(HOUR.multipliedBy(2));

        assertThat(Lifecycle.apply(active(), new Step.Extend(until), NOW).end()).contains(until);
        assertThatThrownBy(() -> Lifecycle.apply(active(), new Step.Extend(until), NOW.plus(HOUR)))
                .isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> Lifecycle.apply(active(), new Step.Extend(NOW.plus(Duration.ofMinutes(1))), NOW))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void approvedRequestToProlongIsNeverInEffectItself() {
        var request = Life.elevation(
                "e2", BoundTo.SESSION, "s1", Optional.empty(), Optional.empty(), false, Optional.of("e1"), NOW);
        var granted = Lifecycle.apply(request, approve(yes("bob"), 1, "bob"), NOW);

        assertThat(granted.status()).isEqualTo(Status.ENDED);
        assertThat(granted.inEffect(NOW)).isFalse();
    }

    @Test
    void endedElevationIsOverAtOnceAndSaysWhy() {
        var ended = Lifecycle.apply(active(), new Step.End(EndedBy.ADMIN), NOW.plusSeconds(5));

        assertThat(ended.inEffect(NOW.plusSeconds(5))).isFalse();
        assertThat(ended.end()).contains(NOW.plusSeconds(5));
        assertThat(ended.endedBy()).contains(EndedBy.ADMIN);
    }

    @Test
    void emergencyIsReviewedOnceAndNotByTheRequester() {
        var emergency = Lifecycle.apply(
                Life.elevation(
                        "e1", BoundTo.SESSION, "s1", Optional.empty(), Optional.empty(), true, Optional.empty(), NOW),
                new Step.Grant(),
                NOW);
        var reviewed = Lifecycle.apply(emergency, review("bob"), NOW);

        assertThat(reviewed.review().map(Review::officer)).contains("bob");
        assertThatThrownBy(() -> Lifecycle.apply(emergency, review("ann"), NOW)).isInstanceOf(Forbidden.class);
        assertThatThrownBy(() -> Lifecycle.apply(reviewed, review("carol"), NOW))
                .isInstanceOf(Conflict.class);
    }

    private static Step review(String officer) {
        return new Step.Reviewed(new Review(officer, Outcome.JUSTIFIED, Optional.empty(), NOW));
    }
}
