package dev.sallyport.rest;

import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Review;
import dev.sallyport.elevation.Vote;
import dev.sallyport.elevation.realm.ElevationHistory;
import dev.sallyport.elevation.realm.ElevationHistory.Ballot;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Reports about what was asked for, decided and reviewed, the oldest first. */
final class ElevationReports {

    private static final int PAGE = 500;
    private static final String UNREVIEWED = "unreviewed";

    private ElevationReports() {}

    /** Each request that was made in that time. */
    static Report elevations(Days days, Clock clock) {
        return new Report(
                "elevations",
                List.of(
                        "id",
                        "privilege",
                        "requester",
                        "status",
                        "emergency",
                        "justification",
                        "ticket",
                        "requestedAt",
                        "decidedAt",
                        "start",
                        "end",
                        "endedBy",
                        "approvers",
                        "sessionId",
                        "deviceId"),
                "requester",
                requests(days, false, clock, ElevationReports::request));
    }

    private static List<?> request(Names names, Elevation elevation) {
        return List.of(
                elevation.id(),
                elevation.privilege(),
                names.of(elevation.requester()),
                elevation.status().id(),
                elevation.emergency(),
                elevation.justification(),
                elevation.ticket(),
                elevation.requestedAt(),
                elevation.decidedAt(),
                elevation.start(),
                elevation.end(),
                elevation.endedBy().map(EndedBy::id),
                elevation.approvals().stream()
                        .filter(vote -> vote.decision() == Vote.Decision.APPROVED)
                        .map(vote -> names.of(vote.approver()))
                        .toList(),
                elevation.sessionId(),
                elevation.deviceId());
    }

    /** Each emergency of that time, with what a second person found in it. */
    static Report emergencies(Days days, Clock clock) {
        return new Report(
                "emergency",
                List.of(
                        "id",
                        "privilege",
                        "requester",
                        "status",
                        "justification",
                        "ticket",
                        "requestedAt",
                        "start",
                        "end",
                        "endedBy",
                        "review",
                        "reviewer",
                        "reviewComment",
                        "reviewedAt"),
                "requester",
                requests(days, true, clock, ElevationReports::emergency));
    }

    private static List<?> emergency(Names names, Elevation elevation) {
        var review = elevation.review();
        return List.of(
                elevation.id(),
                elevation.privilege(),
                names.of(elevation.requester()),
                elevation.status().id(),
                elevation.justification(),
                elevation.ticket(),
                elevation.requestedAt(),
                elevation.start(),
                elevation.end(),
                elevation.endedBy().map(EndedBy::id),
                review.map(Review::outcome).map(Review.Outcome::id).orElse(UNREVIEWED),
                review.map(Review::officer).map(names::of),
                review.flatMap(Review::comment),
                review.map(Review::at));
    }

    private static Report.Pages requests(
            Days days, boolean emergencies, Clock clock, BiFunction<Names, Elevation, List<?>> row) {
        return new Following<Elevation>(
                (history, last) -> history.requests(days.start(), days.end(), emergencies, last, PAGE),
                (names, elevation) -> row.apply(names, elevation.at(clock.instant())));
    }

    /** Each vote that was given in that time. */
    static Report approvals(Days days) {
        return new Report(
                "approvals",
                List.of("elevation", "privilege", "requester", "approver", "onBehalfOf", "decision", "comment", "at"),
                "approver",
                new Following<Ballot>(
                        (history, last) -> history.votes(days.start(), days.end(), last, PAGE),
                        ElevationReports::vote));
    }

    private static List<?> vote(Names names, Ballot ballot) {
        var vote = ballot.vote();
        return List.of(
                ballot.elevation(),
                ballot.privilege(),
                names.of(ballot.requester()),
                names.of(vote.approver()),
                vote.onBehalfOf().map(names::of),
                vote.decision().id(),
                vote.comment(),
                vote.at());
    }

    /** People by their names, or by their ids once they are gone. */
    private interface Names extends Function<String, String> {

        default String of(String userId) {
            return apply(userId);
        }
    }

    /** Pages of which each begins after the last row of the one before. */
    private static final class Following<T> implements Report.Pages {

        private final BiFunction<ElevationHistory, Optional<T>, List<T>> page;
        private final BiFunction<Names, T, List<?>> row;
        private Optional<T> last = Optional.empty();

        Following(BiFunction<ElevationHistory, Optional<T>, List<T>> page, BiFunction<Names, T, List<?>> row) {
            this.page = page;
            this.row = row;
        }

        @Override
        public boolean next(KeycloakSession session, RealmModel realm, Consumer<List<?>> rows) {
            Names names = new ElevationDocument.Showing(session, realm, Instant.EPOCH)::name;
            var found = page.apply(new ElevationHistory(session, realm), last);
            found.forEach(each -> rows.accept(row.apply(names, each)));
            if (!found.isEmpty()) last = Optional.of(found.get(found.size() - 1));
            return found.size() == PAGE;
        }
    }
}
